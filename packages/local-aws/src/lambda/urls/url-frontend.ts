import { randomUUID } from 'node:crypto';
import { answerPreflight, originHeaders } from '../../apigateway/http/cors.ts';
import { headerOf, queryOf, readHttpRequest } from '../../apigateway/http/http-request.ts';
import { readAnswerV2 } from '../../apigateway/http/lambda-answer.ts';
import { signerOf } from '../../apigateway/signed-caller.ts';
import { accountId, arn } from '../../core/arn.ts';
import { AwsError } from '../../core/aws-error.ts';
import type { Clock } from '../../core/clock.ts';
import type { CredentialStore } from '../../core/credentials.ts';
import type { InvokeRequest, InvokeResult, LambdaInvoker } from '../../core/lambda-invoker.ts';
import type { Principal } from '../../core/principal.ts';
import type { ApiFrontend, ApiRequest, ApiResponse, RouteAccess } from '../../core/web.ts';
import type { FunctionUrl, FunctionUrls } from './function-urls.ts';
import { StreamedAnswer } from './streamed-answer.ts';
import { allowsAnonymous, allowsSigned, type MayUse } from './url-access.ts';
import { badGateway, finish, forbidden, throttled, tooLarge } from './url-answer.ts';
import type { CorsInput } from './url-config.ts';
import { type Caller, urlEvent } from './url-event.ts';

export type UrlFrontendOptions = {
  readonly urls: FunctionUrls;
  readonly region: string;
  readonly clock: Clock;
  readonly invoker: LambdaInvoker;
  readonly credentials: Pick<CredentialStore, 'principalOf'>;
  readonly mayUse: MayUse;
  /** Receives failures of the endpoint itself that come after the answer has begun. */
  readonly onError: (error: unknown) => void;
};

/** The function URLs of a region, in the form of the APIs of API Gateway. */
export type UrlGateway = {
  readonly frontends: readonly ApiFrontend[];
  stagesOf(urlId: string): readonly string[] | undefined;
  routesOf(urlId: string): readonly RouteAccess[];
};

/** The caller of a URL has been checked before Lambda invokes the function. */
const lambdaItself: Principal = { kind: 'account', arn: arn('iam', '', 'root', accountId) };

/** Serves function URLs. */
export function createUrlGateway(options: UrlFrontendOptions): UrlGateway {
  const { urls, region, clock, onError } = options;

  async function serve(url: FunctionUrl, incoming: ApiRequest, requestId: string): Promise<ApiResponse> {
    const now = clock.now();
    const request = readHttpRequest(incoming, incoming.path, now);
    const caller = callerOf(options, url, incoming);
    if (caller === 'refused') return forbidden;
    const event = urlEvent({ urlId: incoming.apiId, region, request, requestId, caller, now });
    const traceId = headerOf(request, 'x-amzn-trace-id');
    const call: InvokeRequest = {
      functionName: url.arn,
      type: 'RequestResponse',
      payload: JSON.stringify(event),
      principal: lambdaItself,
      source: url.arn,
      ...(traceId !== undefined && { traceId }),
    };
    return url.config.invokeMode === 'RESPONSE_STREAM' ? stream(call) : readResult(await options.invoker.invoke(call));
  }

  /** Answers as soon as the function begins to stream, or with the whole answer of one that does not. */
  function stream(call: InvokeRequest): Promise<ApiResponse> {
    const streamed = new StreamedAnswer();
    const whole = options.invoker.invoke({ ...call, onStream: (contentType) => streamed.open(contentType) });
    const settled = whole.then(
      ({ functionError, payload }): ApiResponse | undefined => {
        if (functionError !== undefined) streamed.fail();
        else if (streamed.isOpen) streamed.end();
        // Lambda does not interpret what a function returns that does not stream.
        else return { status: 200, headers: [['content-type', 'application/json']], body: payload };
        return undefined;
      },
      (error: unknown) => {
        if (!streamed.isOpen) throw error;
        streamed.fail();
        onError(error);
        return undefined;
      },
    );
    return Promise.race([streamed.answer, settled.then((answer) => answer ?? streamed.answer)]);
  }

  async function execute(incoming: ApiRequest): Promise<ApiResponse> {
    const requestId = randomUUID();
    const url = urls.byId(incoming.apiId);
    const cors = url?.config.cors && corsOf(url.config.cors);
    const preflight = cors && answerPreflight(cors, incoming);
    if (preflight !== undefined) return finish({ ...preflight, status: 200 }, identify(requestId));
    const answer =
      url === undefined ? forbidden : await serve(url, incoming, requestId).catch((error: unknown) => refusal(error));
    const [, origin] = incoming.headers.find(([name]) => name.toLowerCase() === 'origin') ?? [];
    // What the function itself says about CORS goes out as well.
    return finish(answer, [...(cors === undefined ? [] : originHeaders(cors, origin)), ...identify(requestId)]);
  }

  return {
    frontends: [{ has: (id) => urls.has(id), execute }],
    stagesOf: (id) => (urls.byId(id) === undefined ? undefined : ['$default']),
    routesOf(id) {
      const url = urls.byId(id);
      if (url === undefined) return [];
      const authorization = url.config.authType === 'NONE' ? 'none' : 'signature';
      return [{ method: 'ANY', path: '/{proxy+}', authorization, integration: url.arn, apiKey: undefined }];
    },
  };
}

function identify(requestId: string): ApiResponse['headers'] {
  return [['x-amzn-requestid', requestId]];
}

/** Who signed a request; undefined for anybody, where the URL is for everybody. */
function callerOf(
  { credentials, mayUse }: UrlFrontendOptions,
  url: FunctionUrl,
  { headers, rawQuery, presignFault }: ApiRequest,
): Caller | undefined | 'refused' {
  if (url.config.authType === 'NONE') return allowsAnonymous(url) ? undefined : 'refused';
  const query = [...new URLSearchParams(rawQuery)];
  const [, authorization] = headers.find(([name]) => name.toLowerCase() === 'authorization') ?? [];
  const accessKey = signerOf(authorization, (name) => queryOf({ query }, name), 'lambda');
  if (accessKey === undefined || presignFault !== undefined) return 'refused';
  const principal = credentials.principalOf(accessKey);
  if (principal.kind === 'service' || !allowsSigned(url, principal, mayUse)) return 'refused';
  return { accessKey, userArn: principal.arn };
}

function readResult({ functionError, payload }: InvokeResult): ApiResponse {
  return functionError === undefined ? (readAnswerV2(payload, 'application/json') ?? badGateway) : badGateway;
}

function refusal(error: unknown): ApiResponse {
  if (!(error instanceof AwsError)) throw error;
  switch (error.code) {
    case 'TooManyRequestsException':
      return throttled;
    case 'RequestTooLargeException':
      return tooLarge(error.message);
    case 'ResourceNotFoundException':
      return forbidden;
    default:
      return badGateway;
  }
}

function corsOf(cors: CorsInput) {
  const { AllowCredentials, AllowHeaders, AllowMethods, AllowOrigins, ExposeHeaders, MaxAge } = cors;
  return {
    allowCredentials: AllowCredentials,
    allowHeaders: AllowHeaders,
    allowMethods: AllowMethods,
    allowOrigins: AllowOrigins,
    exposeHeaders: ExposeHeaders,
    maxAge: MaxAge,
  };
}
