import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { PutMetric } from '../../cloudwatch/cloudwatch.ts';
import type { Clock } from '../../core/clock.ts';
import { decodeSegment } from '../../core/decode-segment.ts';
import { Throttle } from '../../core/throttle.ts';
import { type ApiFrontend, type ApiRequest, type ApiResponse, isDefaultEndpoint } from '../../core/web.ts';
import type { Method, RestApi, Stage } from './api-definition.ts';
import { chooseRelease } from './canary.ts';
import type { CompiledApi, CompiledMethod } from './compile-api.ts';
import { decompressBody } from './decompress-body.ts';
import { type Exchange, type Header, headerOf, type MethodAnswer, openExchange } from './exchange.ts';
import { GatewayError, internalServerError } from './gateway-error.ts';
import { renderGatewayResponse } from './gateway-response.ts';
import { limitOf } from './method-settings.ts';
import type { StageLogs } from './stage-logs.ts';
import { putStageMetrics } from './stage-metrics.ts';
import type { UsagePlans } from './usage-plans.ts';

const maxBodyBytes = 10 * 1024 * 1024;
const maxHeaderBytes = 10_240;

export type FrontendOptions = {
  readonly clock: Clock;
  readonly logs: StageLogs;
  readonly region: string;
  readonly apis: { get(apiId: string): RestApi | undefined };
  /** The snapshot that a stage serves. */
  readonly compiledOf: (api: RestApi, stage: Stage) => CompiledApi;
  readonly usagePlans: UsagePlans;
  readonly putMetric: PutMetric;
  readonly admitsRequest?: (() => boolean) | undefined;
  /** Told of what is the endpoint's own fault. */
  readonly onError: (error: unknown) => void;
};

/** Serves the stages of REST APIs. */
export function restApiFrontend(options: FrontendOptions): ApiFrontend {
  const server = new StageServer(options);
  return {
    has: (apiId) => options.apis.get(apiId) !== undefined,
    execute: (request) => server.execute(request),
  };
}

class StageServer {
  readonly #options: FrontendOptions;
  readonly #throttle: Throttle;

  constructor(options: FrontendOptions) {
    this.#options = options;
    this.#throttle = new Throttle(options.clock);
  }

  async execute(request: ApiRequest): Promise<ApiResponse> {
    const { clock, logs, region, apis, putMetric } = this.#options;
    const { stageName, path } = splitStage(request);
    const api = apis.get(request.apiId);
    const found = api !== undefined && Object.hasOwn(api.stages, stageName) ? api.stages[stageName] : undefined;
    if (api === undefined || found === undefined) return forbidden();
    if (api.disableExecuteApiEndpoint && isDefaultEndpoint(request)) return forbidden();

    const { stage, isCanary } = chooseRelease(found, Math.random() * 100);
    const exchange = openExchange({
      request,
      stage,
      isCanary,
      region,
      now: clock.now(),
      path,
      isTraced: Object.values(stage.methodSettings).some(({ loggingLevel = 'OFF' }) => loggingLevel !== 'OFF'),
    });
    const compiled = this.#options.compiledOf(api, stage);
    const answer = await this.#answer(exchange, compiled);
    logs.write(exchange, answer, clock.now());
    putStageMetrics(putMetric, api.name, exchange, answer, clock.now());
    return finish(exchange, answer, compiled.definition.minimumCompressionSize);
  }

  async #answer(exchange: Exchange, compiled: CompiledApi): Promise<MethodAnswer> {
    try {
      return await this.#serve(exchange, compiled);
    } catch (error) {
      if (!(error instanceof GatewayError)) this.#options.onError(error);
      exchange.error = error instanceof GatewayError ? error : internalServerError(String(error));
      return renderGatewayResponse(exchange.error, exchange, compiled.definition.gatewayResponses);
    }
  }

  /** @throws GatewayError */
  async #serve(exchange: Exchange, compiled: CompiledApi): Promise<MethodAnswer> {
    checkSize(exchange.request);
    const { method, authorize, validate, integrate } = findMethod(exchange, compiled);
    exchange.trace?.push(`Method request path: ${JSON.stringify(exchange.resource?.parameters)}`);
    compiled.checkPolicy?.(exchange);
    await authorize?.(exchange);
    if (method.apiKeyRequired) this.#options.usagePlans.admit(exchange, compiled.definition.apiKeySource);
    this.#throttleMethod(exchange, method);
    if (compiled.definition.minimumCompressionSize !== undefined) {
      await decompressBody(exchange, maxBodyBytes);
    }
    validate?.(exchange);
    const answer = await integrate(exchange);
    if (Buffer.byteLength(answer.body) > maxBodyBytes)
      throw internalServerError('The response is larger than 10 MB', 500);
    return answer;
  }

  #throttleMethod({ stage, apiId, resource, request }: Exchange, { httpMethod }: Method): void {
    const path = resource?.path ?? '';
    const limit = limitOf(stage, path, request.method);
    const key = JSON.stringify([apiId, stage.stageName, path, httpMethod]);
    const isAdmitted = limit === undefined || this.#throttle.admits(key, limit);
    const { admitsRequest = () => true } = this.#options;
    if (!isAdmitted || !admitsRequest()) throw new GatewayError('THROTTLED', 'Too Many Requests');
  }
}

/** In the host form of the URL the stage is the first segment of the path. */
function splitStage({ stage, path }: ApiRequest): { stageName: string; path: string } {
  if (stage !== undefined) return { stageName: stage, path };
  const [, first = '', rest = ''] = /^\/*([^/]*)(.*)$/s.exec(path) ?? [];
  return { stageName: decodeSegment(first), path: rest === '' ? '/' : rest };
}

function checkSize({ body, headers }: ApiRequest): void {
  if (body.length > maxBodyBytes) {
    throw new GatewayError('REQUEST_TOO_LARGE', `HTTP content length exceeded ${maxBodyBytes} bytes.`);
  }
  const headerBytes = headers.reduce((sum, [name, value]) => sum + name.length + value.length, 0);
  if (headerBytes > maxHeaderBytes) throw new GatewayError('REQUEST_TOO_LARGE', 'Request Too Long');
}

function findMethod(exchange: Exchange, { match }: CompiledApi): CompiledMethod {
  const found = match(exchange.path);
  const methods = found?.value.methods;
  const method =
    methods?.get(exchange.request.method) ?? (isHttpMethod(exchange.request.method) ? methods?.get('ANY') : undefined);
  if (found === undefined || method === undefined) {
    throw new GatewayError('MISSING_AUTHENTICATION_TOKEN', 'Missing Authentication Token');
  }
  const { id, path } = found.value.resource;
  exchange.resource = { id, path, parameters: found.parameters };
  return method;
}

function isHttpMethod(method: string): boolean {
  return /^(DELETE|GET|HEAD|OPTIONS|PATCH|POST|PUT)$/.test(method);
}

const gzipAsync = promisify(gzip);

async function finish(
  exchange: Exchange,
  answer: MethodAnswer,
  minimumCompressionSize: number | undefined,
): Promise<ApiResponse> {
  const headers = answer.headers.map(([name, value]): Header => [name, latin1(value)]);
  headers.push(['x-amzn-RequestId', exchange.requestId], ['x-amz-apigw-id', exchange.extendedRequestId]);
  const isPacked = minimumCompressionSize !== undefined && mayCompress(exchange, answer, minimumCompressionSize);
  const body = isPacked ? await gzipAsync(answer.body) : answer.body;
  if (isPacked) headers.push(['Content-Encoding', 'gzip']);
  const hasLength = exchange.request.method !== 'HEAD' && answer.status !== 204 && answer.status !== 304;
  if (hasLength) headers.push(['Content-Length', String(Buffer.byteLength(body))]);
  return { status: answer.status, headers, body };
}

function mayCompress(exchange: Exchange, { headers, body }: MethodAnswer, minimumSize: number): boolean {
  const accepts = /\bgzip\b/.test(headerOf(exchange, 'accept-encoding') ?? '');
  const isEncoded = headers.some(([name]) => name.toLowerCase() === 'content-encoding');
  return accepts && !isEncoded && Buffer.byteLength(body) >= minimumSize;
}

/** HTTP carries header values as bytes: what is beyond them goes out as UTF-8. */
function latin1(value: string): string {
  return /^[\t\x20-\x7e]*$/.test(value)
    ? value
    : Buffer.from(value.replaceAll(/[\r\n\0]/g, ' '), 'utf8').toString('latin1');
}

/** What the host of an API answers for a stage that is not there. */
function forbidden(): ApiResponse {
  return {
    status: 403,
    headers: [
      ['Content-Type', 'application/json'],
      ['x-amzn-ErrorType', 'ForbiddenException'],
    ],
    body: '{"message":"Forbidden"}',
  };
}
