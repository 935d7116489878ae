import { once } from 'node:events';
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import type { TestContext } from 'node:test';
import { APIGateway } from '@aws-sdk/client-api-gateway';
import type { AwsApi } from '../../core/aws-api.ts';
import { type Clock, systemClock } from '../../core/clock.ts';
import { CredentialStore } from '../../core/credentials.ts';
import type { JsonObject } from '../../core/json.ts';
import type { InvokeRequest, InvokeResult, LambdaInvoker } from '../../core/lambda-invoker.ts';
import type { LogEvent, LogSink } from '../../core/log-sink.ts';
import type { ResourceContext, ResourceState, ResourceType } from '../../core/resource-type.ts';
import { noStateStore, type StateStore } from '../../core/state-store.ts';
import { dispatcher, startEdge } from '../../edge/server.ts';
import { DomainNames } from '../domain-names.ts';
import { createRestApis, type RestApis, type RestApisOptions } from './rest-apis.ts';

/** What a function of a test returns; an Error makes it fail with that message. */
export type TestFunction = (event: JsonObject, request: InvokeRequest) => unknown;

type Options = {
  readonly lambda?: TestFunction;
  readonly clock?: Clock;
  readonly state?: StateStore;
  readonly apis?: Readonly<Record<string, AwsApi>>;
  readonly gateway?: Partial<RestApisOptions>;
};

export type Answer = {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly bytes: Buffer;
};

export const functionUri =
  'arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:000000000000:function:test/invocations';

/** A REST API gateway behind a real edge on a free port, closed with the test. */
export async function startTestGateway(t: TestContext, options: Options = {}): Promise<TestGateway> {
  const logged: { group: string; stream: string; message: string }[] = [];
  const errors: unknown[] = [];
  const apis: Record<string, AwsApi> = { ...options.apis };
  const gateway = createRestApis({
    clock: options.clock ?? systemClock,
    state: options.state ?? noStateStore,
    lambda: functionRunner(options.lambda ?? (() => ({ statusCode: 200 }))),
    dispatch: dispatcher(apis),
    logs: logSink(logged),
    region: 'us-east-1',
    credentials: new CredentialStore(),
    isAllowed: () => true,
    verifyJwt: () => Promise.reject(new Error('no token was expected')),
    putMetric: () => {},
    mayAssume: () => true,
    logRole: { isUsable: () => true, mayWrite: () => true },
    onError: (error) => errors.push(error),
    ...options.gateway,
  });
  apis.apigateway = gateway.api;
  const domains = new DomainNames({ state: noStateStore, stagesOf: gateway.stagesOf });
  const edge = await startEdge({
    port: 0,
    apis,
    frontends: [gateway.frontend],
    domains,
    pages: {},
    credentials: new CredentialStore(),
    onError: (error) => errors.push(error),
  });
  t.after(() => edge.close());
  return new TestGateway(gateway, domains, edge.port, logged, errors);
}

/** A client of the API that manages REST APIs, destroyed with the test. A refused call is not repeated. */
export function apiGatewayClient(t: TestContext, { endpoint }: { readonly endpoint: string }): APIGateway {
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const client = new APIGateway({ endpoint, region: 'us-east-1', credentials, maxAttempts: 1 });
  t.after(() => client.destroy());
  return client;
}

function functionRunner(run: TestFunction): LambdaInvoker {
  return {
    invoke: async (request): Promise<InvokeResult> => {
      const answer = { requestId: 'invocation', executedVersion: '$LATEST', logTail: '' };
      const event: JsonObject = JSON.parse(request.payload.toString());
      const result = await run(event, request);
      if (request.type === 'Event') return { ...answer, statusCode: 202, payload: Buffer.alloc(0) };
      if (!(result instanceof Error)) {
        return { ...answer, statusCode: 200, payload: Buffer.from(JSON.stringify(result ?? null)) };
      }
      const payload = Buffer.from(JSON.stringify({ errorType: 'Error', errorMessage: result.message, trace: [] }));
      return { ...answer, statusCode: 200, payload, functionError: 'Unhandled' };
    },
  };
}

function logSink(logged: { group: string; stream: string; message: string }[]): LogSink {
  return {
    append: (group: string, stream: string, events: readonly LogEvent[]) => {
      for (const { message } of events) logged.push({ group, stream, message });
    },
    onAppend: () => {},
  };
}

export class TestGateway {
  readonly gateway: RestApis;
  readonly domains: DomainNames;
  readonly port: number;
  readonly logged: readonly { group: string; stream: string; message: string }[];
  readonly errors: readonly unknown[];
  #count = 0;

  constructor(
    gateway: RestApis,
    domains: DomainNames,
    port: number,
    logged: readonly { group: string; stream: string; message: string }[],
    errors: readonly unknown[],
  ) {
    this.gateway = gateway;
    this.domains = domains;
    this.port = port;
    this.logged = logged;
    this.errors = errors;
  }

  get endpoint(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Creates a resource as the CloudFormation engine does. `type` is without `AWS::ApiGateway::`. */
  async create(type: string, properties: JsonObject, logicalId = `${type}${this.#count++}`): Promise<ResourceState> {
    const found = this.#resourceType(type);
    found.validate(properties, logicalId);
    return found.create(properties, contextOf(logicalId));
  }

  /** Deletes what `create` made. */
  async delete(type: string, properties: JsonObject, state: ResourceState): Promise<void> {
    await this.#resourceType(type).delete(state, properties, contextOf(type));
  }

  #resourceType(type: string): ResourceType {
    const found = this.gateway.resourceTypes.find((candidate) => candidate.type === `AWS::ApiGateway::${type}`);
    if (found === undefined) throw new Error(`no resource type ${type}`);
    return found;
  }

  /** Sets the account's role for logs, without which a stage may keep none. */
  async allowLogs(): Promise<void> {
    await this.create('Account', { CloudWatchRoleArn: 'arn:aws:iam::000000000000:role/logs' });
  }

  /**
   * An API with methods by `METHOD /path`, deployed to the stage `dev`. A method without an integration gets a Lambda
   * proxy.
   */
  async deploy(
    methods: Readonly<Record<string, JsonObject>>,
    { api = {}, stage = {} }: { api?: JsonObject; stage?: JsonObject } = {},
  ): Promise<TestApi> {
    const { physicalId: apiId, attributes } = await this.create('RestApi', { Name: 'test', ...api });
    const ids = new Map([['', String(attributes.RootResourceId)]]);
    for (const [key, method] of Object.entries(methods)) {
      const [httpMethod = '', path = ''] = key.split(' ');
      const resourceId = await this.#resource(apiId, path === '/' ? '' : path, ids);
      await this.create('Method', {
        RestApiId: apiId,
        ResourceId: resourceId,
        HttpMethod: httpMethod,
        AuthorizationType: 'NONE',
        Integration: { Type: 'AWS_PROXY', IntegrationHttpMethod: 'POST', Uri: functionUri },
        ...method,
      });
    }
    const deployed = new TestApi(this, apiId);
    await deployed.deployStage(stage);
    return deployed;
  }

  /** Imports an OpenAPI body and deploys it to the stage `dev`. */
  async importApi(body: JsonObject | string, properties: JsonObject = {}): Promise<TestApi> {
    const { physicalId } = await this.create('RestApi', { Body: body, ...properties });
    const deployed = new TestApi(this, physicalId);
    await deployed.deployStage({});
    return deployed;
  }

  async #resource(apiId: string, path: string, ids: Map<string, string>): Promise<string> {
    const known = ids.get(path);
    if (known !== undefined) return known;
    const end = path.lastIndexOf('/');
    const parentId = await this.#resource(apiId, path.slice(0, end), ids);
    const { physicalId } = await this.create('Resource', {
      RestApiId: apiId,
      ParentId: parentId,
      PathPart: path.slice(end + 1),
    });
    ids.set(path, physicalId);
    return physicalId;
  }
}

export class TestApi {
  readonly gateway: TestGateway;
  readonly id: string;

  constructor(gateway: TestGateway, id: string) {
    this.gateway = gateway;
    this.id = id;
  }

  async deployStage(stage: JsonObject, stageName = 'dev'): Promise<void> {
    const { physicalId } = await this.gateway.create('Deployment', { RestApiId: this.id });
    await this.gateway.create('Stage', {
      RestApiId: this.id,
      StageName: stageName,
      DeploymentId: physicalId,
      ...stage,
    });
  }

  url(path: string, stage = 'dev'): string {
    return `${this.gateway.endpoint}/restapis/${this.id}/${stage}/_user_request_${path}`;
  }

  /** A plain HTTP request, which neither adds nor reads anything by itself. */
  send(
    method: string,
    path: string,
    {
      headers = {},
      body,
      stage = 'dev',
    }: { headers?: Record<string, string | string[]>; body?: string | Buffer; stage?: string } = {},
  ): Promise<Answer> {
    return sendTo(this.url(path, stage), method, headers, body);
  }
}

export async function sendTo(
  url: string,
  method: string,
  headers: Record<string, string | string[]> = {},
  body?: string | Buffer,
): Promise<Answer> {
  const request = httpRequest(url, { method, headers, agent: false });
  request.end(body);
  const [response] = await once(request, 'response');
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk);
  const bytes = Buffer.concat(chunks);
  return { status: response.statusCode, headers: response.headers, body: bytes.toString(), bytes };
}

function contextOf(logicalId: string): ResourceContext {
  return {
    stackName: 'test',
    stackId: 'arn:aws:cloudformation:us-east-1:000000000000:stack/test/1',
    logicalId,
    region: 'us-east-1',
    tags: { service: 'test' },
  };
}
