import assert from 'node:assert/strict';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import type { TestContext } from 'node:test';
import type { PutMetric } from '../../cloudwatch/cloudwatch.ts';
import type { AwsApi } from '../../core/aws-api.ts';
import { AwsError } from '../../core/aws-error.ts';
import { ManualClock } from '../../core/clock.ts';
import { CredentialStore } from '../../core/credentials.ts';
import { isJsonObject, type JsonObject } from '../../core/json.ts';
import type { InvokeRequest, InvokeResult } from '../../core/lambda-invoker.ts';
import type { LogEvent } from '../../core/log-sink.ts';
import type { ResourceContext, ResourceState } from '../../core/resource-type.ts';
import { noStateStore, type StateStore } from '../../core/state-store.ts';
import { type Page, startEdge } from '../../edge/server.ts';
import { DomainNames } from '../domain-names.ts';
import { createJwtVerifier } from '../jwt.ts';
import type { PolicyCheck } from '../signed-caller.ts';
import { createHttpApis } from './http-apis.ts';

/** A stand-in for a deployed function: gets the event, returns what the function would. */
export type TestFunction = (event: JsonObject) => unknown;

export type Reply = { status: number; headers: IncomingMessage['headers']; body: string; bytes: Buffer };
export type Send = {
  method?: string;
  headers?: Record<string, string | string[]>;
  body?: string | Buffer;
  /** Defaults to the API's own host. */
  host?: string;
};

type Options = {
  /** By function name. */
  functions?: Record<string, TestFunction>;
  dispatch?: AwsApi;
  state?: StateStore;
  pages?: (url: () => string, clock: ManualClock) => Record<string, Page>;
  isAllowed?: PolicyCheck;
};

const context: ResourceContext = {
  stackName: 'shop-local',
  stackId: 'arn:aws:cloudformation:us-east-1:000000000000:stack/shop-local/1',
  logicalId: '',
  region: 'us-east-1',
  tags: {},
};

/** HTTP APIs behind a real edge on a free port, made resource by resource as CloudFormation would. */
export async function startTestApi(t: Pick<TestContext, 'after'>, options: Options = {}) {
  const { functions = {}, state = noStateStore } = options;
  const clock = new ManualClock();
  const credentials = new CredentialStore();
  const invocations: InvokeRequest[] = [];
  const logged: { group: string; event: LogEvent }[] = [];
  const measured: Parameters<PutMetric>[] = [];
  const errors: unknown[] = [];
  const domains = new DomainNames({ state, stagesOf: (apiId) => apis.stagesOf(apiId) });
  const url = () => `http://localhost:${edge.port}`;
  const apis = createHttpApis({
    clock,
    state,
    region: 'us-east-1',
    credentials,
    domains,
    url: (apiId) => `http://${apiId}.execute-api.localhost`,
    dispatch: options.dispatch ?? (() => Promise.reject(new Error('no call was expected'))),
    logs: {
      append: (group, _, events) => logged.push(...events.map((event) => ({ group, event }))),
      onAppend: () => {},
    },
    lambda: {
      invoke: (request) => {
        invocations.push(request);
        return invoke(functions, request);
      },
    },
    putMetric: (...sample) => measured.push(sample),
    verifyJwt: createJwtVerifier(clock),
    isAllowed: options.isAllowed ?? (() => true),
    mayAssume: () => true,
  });
  const edge = await startEdge({
    port: 0,
    apis: { apigateway: apis.api },
    frontends: [apis.frontend],
    domains,
    pages: options.pages?.(url, clock) ?? {},
    credentials,
    onError: (error) => errors.push(error),
  });
  t.after(async () => {
    await edge.close();
    assert.deepEqual(errors, [], 'the endpoint itself failed');
  });

  const types = [...apis.resourceTypes, ...domains.resourceTypes];
  const typeOf = (type: string) => {
    const found = types.find((candidate) => candidate.type === type);
    if (found === undefined) throw new Error(`no resource type ${type}`);
    return found;
  };
  const make = (type: string, logicalId: string, properties: JsonObject): Promise<ResourceState> =>
    typeOf(type).create(properties, { ...context, logicalId });

  return {
    clock,
    credentials,
    domains,
    invocations,
    logged,
    measured,
    make,
    port: edge.port,
    typeOf,
    url,
    makeDomain: (DomainName: string) =>
      make('AWS::ApiGatewayV2::DomainName', 'Domain', {
        DomainName,
        DomainNameConfigurations: [{ CertificateArn: certificateArn, EndpointType: 'REGIONAL' }],
      }),
    /** An API with its automatically deployed `$default` stage. */
    async makeApi(properties: JsonObject = {}, stage: JsonObject = {}) {
      const { physicalId: apiId } = await make('AWS::ApiGatewayV2::Api', 'HttpApi', {
        Name: 'shop',
        ProtocolType: 'HTTP',
        ...properties,
      });
      await make('AWS::ApiGatewayV2::Stage', 'HttpApiStage', {
        ApiId: apiId,
        StageName: '$default',
        AutoDeploy: true,
        ...stage,
      });
      return apiId;
    },
    /** A route to a function of that name, as osls makes it. */
    async makeRoute(
      apiId: string,
      RouteKey: string,
      name: string,
      more: { route?: JsonObject; integration?: JsonObject } = {},
    ) {
      const { physicalId } = await make('AWS::ApiGatewayV2::Integration', `Integration${RouteKey}`, {
        ApiId: apiId,
        IntegrationType: 'AWS_PROXY',
        IntegrationUri: functionArn(name),
        PayloadFormatVersion: '2.0',
        ...more.integration,
      });
      await make('AWS::ApiGatewayV2::Route', `Route${RouteKey}`, {
        ApiId: apiId,
        RouteKey,
        Target: `integrations/${physicalId}`,
        ...more.route,
      });
    },
    /** Sends a request as it is, path included. */
    send: (apiId: string, path: string, options: Send = {}) =>
      sendTo(edge.port, path, { host: `${apiId}.execute-api.localhost:${edge.port}`, ...options }),
  };
}

const certificateArn = 'arn:aws:acm:us-east-1:000000000000:certificate/placeholder';

export function functionArn(name: string): string {
  return `arn:aws:lambda:us-east-1:000000000000:function:${name}`;
}

/** The event of an invocation. */
export function eventOf({ payload }: Pick<InvokeRequest, 'payload'>): JsonObject {
  const event: unknown = JSON.parse(payload.toString());
  if (!isJsonObject(event)) throw new Error('the event is not an object');
  return event;
}

/** What a function's error looks like to its invoker: throw it from a `TestFunction`. */
export class FunctionError extends Error {}

async function invoke(functions: Record<string, TestFunction>, request: InvokeRequest): Promise<InvokeResult> {
  const name = request.functionName.split(':').at(-1) ?? '';
  const run = functions[name];
  if (run === undefined) throw new AwsError('ResourceNotFoundException', `Function not found: ${name}`, 404);
  const rest = { statusCode: 200, requestId: 'invocation-1', executedVersion: '$LATEST', logTail: '' } as const;
  try {
    const result = await run(eventOf(request));
    return { ...rest, payload: Buffer.from(JSON.stringify(result) ?? 'null') };
  } catch (error) {
    if (!(error instanceof FunctionError)) throw error;
    const payload = Buffer.from(JSON.stringify({ errorType: 'Error', errorMessage: error.message }));
    return { ...rest, payload, functionError: 'Unhandled' };
  }
}

function sendTo(port: number, path: string, { method = 'GET', headers, body, host }: Send): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest(
      { port, host: '127.0.0.1', path, method, headers: { host, ...headers } },
      (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.on('error', reject);
        incoming.on('end', () => {
          const bytes = Buffer.concat(chunks);
          resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, body: bytes.toString(), bytes });
        });
      },
    );
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}
