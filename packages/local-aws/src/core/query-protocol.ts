import type { AwsApi, AwsRequest, AwsResponse } from './aws-api.ts';
import { AwsError, unsupportedOperation } from './aws-error.ts';
import { malformedInput, readForm } from './form.ts';
import type { ActionContext } from './json-protocol.ts';

/** Query input: `Tags.member.1.Key=a` is `{ Tags: [{ Key: 'a' }] }`. */
export type QueryValue = string | QueryValue[] | QueryInput;
/** An empty list arrives as an empty text. */
export type QueryInput = { [key: string]: QueryValue };
/** Query output; arrays become `<member>` elements, maps `<entry>` elements, undefined members are left out. */
export type QueryOutput = { [key: string]: QueryOutputValue };
export type QueryOutputValue =
  | string
  | number
  | boolean
  | Date
  | undefined
  | QueryOutputValue[]
  | Map<string, QueryOutputValue>
  | QueryOutput;
/** One action: every value of its input is text. @throws AwsError, which becomes an `<ErrorResponse>` */
export type QueryAction = (input: QueryInput, context: ActionContext) => Promise<QueryOutput> | QueryOutput;

/**
 * An AWS Query service: a form-encoded `Action` in, XML out.
 *
 * @param name the service as shown in errors
 * @param namespace the XML namespace of its answers
 */
export function queryApi(name: string, namespace: string, actions: Readonly<Record<string, QueryAction>>): AwsApi {
  return async (request) => {
    try {
      const form = request.body.length > 0 ? readForm(request.body) : request.query;
      const action = form.get('Action') ?? '';
      const handler = Object.hasOwn(actions, action) ? actions[action] : undefined;
      if (handler === undefined) throw unsupportedOperation(name, action || '(no Action)');
      const result = await handler(parseQueryInput(form), request);
      return xmlResponse(
        request,
        200,
        `<${action}Response xmlns="${namespace}"><${action}Result>${toXml(result)}</${action}Result>` +
          `<ResponseMetadata><RequestId>${request.requestId}</RequestId></ResponseMetadata></${action}Response>`,
      );
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      return queryErrorResponse(request, namespace, error);
    }
  };
}

/** An `<ErrorResponse>`, whose type blames the sender for 4xx. */
export function queryErrorResponse(request: AwsRequest, namespace: string, error: AwsError): AwsResponse {
  const type = error.status < 500 ? 'Sender' : 'Receiver';
  return xmlResponse(
    request,
    error.status,
    `<ErrorResponse xmlns="${namespace}"><Error><Type>${type}</Type><Code>${escapeXml(error.code)}</Code>` +
      `<Message>${escapeXml(error.message)}</Message></Error><RequestId>${request.requestId}</RequestId></ErrorResponse>`,
  );
}

function xmlResponse(request: AwsRequest, status: number, xml: string): AwsResponse {
  return {
    status,
    headers: { 'content-type': 'text/xml', 'x-amzn-requestid': request.requestId },
    body: `<?xml version="1.0"?>\n${xml}`,
  };
}

/** The deepest input of AWS, that of GetMetricData, has ten. */
const maxLevels = 20;

/** @throws AwsError MalformedInput for a name with too many dots */
export function parseQueryInput(form: Iterable<[string, string]>): QueryInput {
  const root: Map<string, unknown> = new Map();
  for (const [name, value] of form) insert(root, name, value);
  const input = collapse(root);
  return typeof input === 'object' && !Array.isArray(input) ? input : {};
}

function insert(root: Map<string, unknown>, name: string, value: string): void {
  const keys = name.split('.', maxLevels + 1);
  if (keys.length > maxLevels) {
    throw malformedInput(`The parameter ${name.slice(0, 100)}… has more than ${maxLevels} levels`);
  }
  const last = keys.pop() ?? '';
  let node = root;
  for (const key of keys) {
    const existing = node.get(key);
    const child: Map<string, unknown> = existing instanceof Map ? existing : new Map();
    node.set(key, child);
    node = child;
  }
  node.set(last, value);
}

/** Turns `member`/`entry` levels and purely numeric ones into arrays in numeric order. */
function collapse(node: unknown): QueryValue {
  if (!(node instanceof Map)) return String(node);
  const inner: unknown = node.size === 1 ? (node.get('member') ?? node.get('entry')) : undefined;
  if (inner instanceof Map) return collapse(inner);
  const entries = [...node.entries()];
  if (entries.length > 0 && entries.every(([key]) => /^\d+$/.test(String(key)))) {
    return entries.sort(([a], [b]) => Number(a) - Number(b)).map(([, value]) => collapse(value));
  }
  return Object.fromEntries(entries.map(([key, value]) => [String(key), collapse(value)]));
}

function toXml(value: QueryOutputValue): string {
  if (value === undefined) return '';
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map((item) => `<member>${toXml(item)}</member>`).join('');
  if (value instanceof Map) {
    const entries = [...value].map(([key, member]) => toXml({ entry: { key, value: member } }));
    return entries.join('');
  }
  if (typeof value !== 'object') return escapeXml(String(value));
  return Object.entries(value)
    .map(([key, member]) => (member === undefined ? '' : `<${key}>${toXml(member)}</${key}>`))
    .join('');
}

/** Escapes text for XML, dropping the control characters that XML 1.0 cannot carry. */
export function escapeXml(text: string): string {
  return text
    .replaceAll(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll('\r', '&#13;');
}
