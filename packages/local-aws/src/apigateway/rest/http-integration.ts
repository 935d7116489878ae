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
    const body = isProxy ? exchange.body : request.body;
    return send(
      url,
      method,
      outgoingHeaders(request, isProxy ? exchange : undefined),
      Buffer.from(hasBody ? body : ''),
    );
  };
}

function replaceQuery(url: URL, name: string, values: readonly string[]): void {
  url.searchParams.delete(name);
  for (const value of values) url.searchParams.append(name, value);
}

function outgoingHeaders(request: IntegrationRequest, client: Exchange | undefined): Record<string, string | string[]> {
  const headers: Record<string, string | string[]> = {
    'content-type': 'application/json',
    ...(client === undefined ? {} : lastValues(client.headers)),
  };
  delete headers.host;
  delete headers.Host;
  for (const { name, values } of request.headers.values()) headers[name.toLowerCase()] = [...values];
  return headers;
}

function send(
  url: URL,
  method: string,
  headers: Record<string, string | string[]>,
  body: Buffer,
): Promise<IntegrationAnswer> {
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
