import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { AwsError } from '../../core/aws-error.ts';
import type { Integration } from './api-definition.ts';
import type { CallIntegration } from './aws-integration.ts';
import { type Exchange, type Header, lastValues } from './exchange.ts';
import { GatewayError } from './gateway-error.ts';
import { fillUri, type IntegrationRequest } from './integration-request.ts';
import type { IntegrationAnswer } from './integration-response.ts';

/** `HTTP`: only what is mapped goes out. `HTTP_PROXY`: the client's headers, query and body do too. @throws AwsError */
export function compileHttp(integration: Integration): CallIntegration {
  const { uri = '', httpMethod, type } = integration;
  if (!/^(https?:\/\/|\$\{stageVariables\.)/.test(uri)) {
    throw new AwsError('BadRequestException', `Invalid HTTP endpoint specified for URI: ${uri}`);
  }
  const isProxy = type === 'HTTP_PROXY';
  return async (request, exchange) => {
    const url = new URL(fillUri(uri, exchange, request.path));
    for (const { name, values } of isProxy ? exchange.query.values() : []) replaceQuery(url, name, values);
    for (const [name, values] of request.query) replaceQuery(url, name, values);
    const method = httpMethod === undefined || httpMethod === 'ANY' ? exchange.request.method : httpMethod;
    const hasBody = method !== 'GET' && method !== 'HEAD';
    const body = Buffer.from(hasBody ? (isProxy ? exchange.body : request.body) : '');
    return send(url, method, outgoingHeaders(request, exchange, { isProxy, hasBody: body.length > 0 }), body);
  };
}

function replaceQuery(url: URL, name: string, values: readonly string[]): void {
  url.searchParams.delete(name);
  for (const value of values) url.searchParams.append(name, value);
}

/** What API Gateway sets by itself, unless the client of a proxy or a mapping says otherwise. */
function outgoingHeaders(
  request: IntegrationRequest,
  exchange: Exchange,
  { isProxy, hasBody }: { readonly isProxy: boolean; readonly hasBody: boolean },
): Record<string, string[]> {
  const headers = new Map<string, { readonly name: string; readonly values: readonly string[] }>();
  const set = (name: string, ...values: string[]): void => void headers.set(name.toLowerCase(), { name, values });
  if (isProxy || hasBody) set('content-type', 'application/json');
  if (isProxy) {
    for (const [name, value] of Object.entries(lastValues(exchange.headers))) set(name, value);
    headers.delete('host');
  } else {
    set('accept', 'application/json');
    set('user-agent', `AmazonAPIGateway_${exchange.apiId}`);
  }
  set('x-amzn-apigateway-api-id', exchange.apiId);
  set('x-amzn-trace-id', exchange.traceId);
  for (const { name, values } of request.headers.values()) set(name.toLowerCase(), ...values);
  return Object.fromEntries([...headers.values()].map(({ name, values }) => [name, [...values]]));
}

function send(url: URL, method: string, headers: Record<string, string[]>, body: Buffer): Promise<IntegrationAnswer> {
  return new Promise((resolve, reject) => {
    const fail = (error: Error): void =>
      reject(
        new GatewayError('INTEGRATION_FAILURE', 'Internal server error', {
          cause: `${method} ${url}: ${error.message}`,
        }),
      );
    const request = (url.protocol === 'https:' ? httpsRequest : httpRequest)(url, { method, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', fail);
      response.on('end', () => {
        const received = response.rawHeaders.flatMap((name, index): Header[] =>
          index % 2 === 0 ? [[name, response.rawHeaders[index + 1] ?? '']] : [],
        );
        resolve({ status: response.statusCode ?? 502, headers: received, body: Buffer.concat(chunks) });
      });
    });
    request.on('error', fail);
    request.end(body);
  });
}
