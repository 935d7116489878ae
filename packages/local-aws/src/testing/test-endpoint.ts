import type { FaultInput } from '../console/api-types.ts';
import { defaultRegion } from '../core/arn.ts';
import type { ClientConfig } from '../endpoint.ts';
import { type ApiAddress, ControlClient, type TestStack } from './control-client.ts';
import { deployStacks } from './deploy-stacks.ts';
import { describeBusy } from './describe-busy.ts';
import type { StackSource } from './stack-source.ts';
import { type ProcessOptions, startEndpointProcess } from './start-endpoint-process.ts';
import { type Answer, requestIdOf, type TestTrace } from './trace.ts';

/** An endpoint as tests use it. */
export type TestEndpoint = {
  /** `http://localhost:` and the port. */
  readonly url: string;
  readonly port: number;
  /** Endpoint, region and test credentials, for clients of the AWS SDK for JavaScript v3. */
  readonly clientConfig: ClientConfig;
  /** Makes a client, the same one for each class: `aws.client(SQSClient)`. It is destroyed with the endpoint. */
  client<C extends { destroy(): void }>(Client: new (config: ClientConfig) => C): C;
  /** A stack that `stacks` deployed. @throws Error that names the stacks there are */
  stack(name: string): TestStack;
  /** The APIs of all stacks, with the addresses of their stages. */
  apis(): Promise<readonly ApiAddress[]>;
  /** The address of the only API stage of a stack. @throws Error that names the stages there are */
  apiUrl(stack: string): Promise<string>;
  /** Deletes all data: items, messages, objects, logs, metrics, emails. Stacks stay. */
  reset(): Promise<void>;
  readonly clock: {
    /** Skips time for the endpoint: visibility timeouts, retries, batching windows and alarms of that time happen now. */
    advance(milliseconds: number): Promise<void>;
  };
  /**
   * Resolves when nothing is left to do: no message in a queue that is polled, no unread stream record, no asynchronous
   * invocation, delivery or deployment.
   *
   * @throws Error that says what is left after `timeoutMs`, 30 s by default
   */
  untilIdle(options?: { readonly timeoutMs?: number }): Promise<void>;
  /**
   * What a request led to, once the endpoint is idle: the functions, queues, tables and topics behind it, their errors and
   * their log lines.
   *
   * @param answer the `Response` of an API, or the output of a command of an AWS SDK client
   * @throws Error when the endpoint is not idle after `timeoutMs`, 30 s by default, or does not keep the trace
   */
  trace(answer: Answer, options?: { readonly timeoutMs?: number }): Promise<TestTrace>;
  /** Latency, errors and throttling that the endpoint adds to calls of AWS APIs, also to those of functions. */
  readonly faults: {
    inject(fault: FaultInput): Promise<void>;
    /** Removes all faults. */
    clear(): Promise<void>;
  };
  /** Failures of the endpoint itself since it started: a defect of local-aws, not of what it runs. */
  errors(): Promise<readonly string[]>;
};

export type TestEndpointOptions = ProcessOptions & {
  /**
   * An endpoint that runs already; by default the one that `LOCAL_AWS_ENDPOINT_URL` names. Without either, and with
   * `false`, an endpoint is started in a process of its own.
   */
  readonly url?: string | false | undefined;
  /** Stacks to deploy, by name, one after the other. On an endpoint that runs already they are updated, and stay. */
  readonly stacks?: Readonly<Record<string, StackSource>>;
  /** Deploys what `stacks` cannot, such as a project with its own CLI. */
  readonly deploy?: (endpoint: TestEndpoint) => Promise<void>;
};

/** An endpoint that stops with `await using` or `stop()`. One that ran already goes on. */
export type StartedTestEndpoint = TestEndpoint & AsyncDisposable & { stop(): Promise<void> };

/** Starts or finds an endpoint and deploys to it, for a set-up that several test files share. */
export async function startTestEndpoint(options: TestEndpointOptions = {}): Promise<StartedTestEndpoint> {
  const shared = options.url ?? process.env.LOCAL_AWS_ENDPOINT_URL;
  const own =
    shared === undefined || shared === false || shared === '' ? await startEndpointProcess(options) : undefined;
  const url = own?.url ?? String(shared).replace(/\/$/, '');
  const control = new ControlClient(url);
  const clients = new Map<unknown, { destroy(): void }>();
  const stop = async (): Promise<void> => {
    for (const client of clients.values()) client.destroy();
    clients.clear();
    await own?.stop();
  };
  try {
    const stacks = await deployStacks(options.stacks ?? {}, { url, control });
    const endpoint = testEndpoint({ url, control, clients, stacks });
    await options.deploy?.(endpoint);
    return { ...endpoint, stop, [Symbol.asyncDispose]: stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

type Parts = {
  readonly url: string;
  readonly control: ControlClient;
  readonly clients: Map<unknown, { destroy(): void }>;
  readonly stacks: ReadonlyMap<string, TestStack>;
};

function testEndpoint({ url, control, clients, stacks }: Parts): TestEndpoint {
  const clientConfig = {
    endpoint: url,
    region: defaultRegion,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  };
  const untilIdle: TestEndpoint['untilIdle'] = async ({ timeoutMs = 30_000 } = {}) => {
    const busy = await control.waitForIdle(timeoutMs);
    if (busy.length > 0) throw new Error(describeBusy(busy, timeoutMs));
  };
  return {
    url,
    port: Number(new URL(url).port),
    clientConfig,
    client(Client) {
      const known = clients.get(Client);
      if (known instanceof Client) return known;
      const client = new Client(clientConfig);
      clients.set(Client, client);
      return client;
    },
    stack(name) {
      const stack = stacks.get(name);
      if (stack !== undefined) return stack;
      throw new Error(
        `There is no stack ${name} among those of \`stacks\`: ${[...stacks.keys()].join(', ') || 'none'}.`,
      );
    },
    apis: () => control.apis(),
    async apiUrl(stack) {
      const apis = await control.apis();
      const [only, ...others] = apis.filter((api) => api.stack === stack);
      if (only !== undefined && others.length === 0) return only.url;
      const found = only === undefined ? 'no API' : `${others.length + 1} API stages`;
      throw new Error(`The stack ${stack} has ${found}. APIs: ${apis.map(describeApi).join(', ') || 'none'}.`);
    },
    reset: () => control.reset(),
    clock: { advance: (milliseconds) => control.advanceClock(milliseconds) },
    untilIdle,
    async trace(answer, idle) {
      const requestId = requestIdOf(answer);
      await untilIdle(idle);
      return control.traceOf(requestId);
    },
    faults: { inject: (fault) => control.addFault(fault), clear: () => control.removeFaults() },
    errors: () => control.errors(),
  };
}

function describeApi({ stack, logicalId, stage }: ApiAddress): string {
  return `${logicalId} (${stage}) of ${stack}`;
}
