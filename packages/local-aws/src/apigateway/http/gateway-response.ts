import { validateHeaderName, validateHeaderValue } from 'node:http';
import type { ApiRequest, ApiResponse } from '../../core/web.ts';
import type { IntegrationAnswer } from './exchange.ts';
import { type GatewayError, statusText } from './gateway-error.ts';

const maxHeaderBytes = 10_240;
const maxBodyBytes = 10 * 1024 * 1024;

/** The answer to a request that is larger than API Gateway takes; undefined for the others. */
export function sizeRefusal({ headers, body }: ApiRequest): IntegrationAnswer | undefined {
  const headerBytes = headers.reduce((sum, [name, value]) => sum + name.length + value.length + 4, 0);
  if (headerBytes > maxHeaderBytes) return gatewayAnswer(431);
  return body.length > maxBodyBytes ? gatewayAnswer(413) : undefined;
}

/** API Gateway's own answer for a status: its name and nothing more. */
export function gatewayAnswer(status: number): IntegrationAnswer {
  const body = JSON.stringify({ message: statusText(status) });
  return { status, headers: [['content-type', 'application/json']], body };
}

/** The answer to a request that got as far as its API and its stage. */
export function renderGatewayResponse({ status, headers }: GatewayError): IntegrationAnswer {
  const answer = gatewayAnswer(status);
  return { ...answer, headers: [...answer.headers, ...headers] };
}

/** Headers that describe the connection to the client, which no integration decides. */
const ownHeaders = new Set(['connection', 'content-length', 'keep-alive', 'transfer-encoding']);

/** What goes on the wire; headers that cannot go there are the integration's failure. */
export function toApiResponse(answer: IntegrationAnswer, requestId: string): ApiResponse {
  const { status, headers, body } = areValid(answer.headers) ? answer : gatewayAnswer(500);
  const kept = headers.filter(([name]) => !ownHeaders.has(name));
  const added: IntegrationAnswer['headers'] = [['apigw-requestid', requestId]];
  if (status === 204 || status === 304) return { status, headers: [...kept, ...added], body: '' };
  return { status, headers: [...kept, ...added, ['content-length', String(Buffer.byteLength(body))]], body };
}

function areValid(headers: IntegrationAnswer['headers']): boolean {
  try {
    for (const [name, value] of headers) {
      validateHeaderName(name);
      validateHeaderValue(name, value);
    }
    return true;
  } catch {
    return false;
  }
}
