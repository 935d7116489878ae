import { Agent, request } from 'node:http';

export type AwsCaller = {
  /** Calls an action of a JSON protocol, such as `AmazonSQS.SendMessage`. */
  json(target: string, input: object): Promise<Record<string, unknown>>;
  /** Calls an action of the Query protocol of a service. */
  query(service: string, input: Readonly<Record<string, string>>): Promise<string>;
  /** Calls a REST route of Lambda. */
  rest(method: string, path: string, input?: object): Promise<Record<string, unknown>>;
  close(): void;
};

const servicesByTarget: Readonly<Record<string, string>> = {
  AmazonSQS: 'sqs',
  Logs_20140328: 'logs',
  GraniteServiceVersion20100801: 'monitoring',
};

/** Calls AWS APIs without an SDK, whose own time would hide that of the endpoint. */
export function awsCaller(url: string, connections: number): AwsCaller {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const call = async (
    method: string,
    path: string,
    service: string,
    headers: Record<string, string>,
    body: string,
  ): Promise<string> => {
    const authorization = `AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=${'0'.repeat(64)}`;
    const { status, text } = await send(agent, method, `${url}${path}`, { ...headers, authorization }, body);
    if (status >= 300) throw new Error(`${service} answered ${status}: ${text}`);
    return text;
  };
  return {
    async json(target, input) {
      const service = servicesByTarget[target.split('.')[0] ?? ''] ?? '';
      const headers = { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': target };
      return parse(await call('POST', '/', service, headers, JSON.stringify(input)));
    },
    query(service, input) {
      const headers = { 'content-type': 'application/x-www-form-urlencoded' };
      return call('POST', '/', service, headers, String(new URLSearchParams(input)));
    },
    async rest(method, path, input) {
      const headers = { 'content-type': 'application/json' };
      return parse(await call(method, path, 'lambda', headers, input === undefined ? '' : JSON.stringify(input)));
    },
    close: () => agent.destroy(),
  };
}

function parse(text: string): Record<string, unknown> {
  const value: unknown = text === '' ? {} : JSON.parse(text);
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

function send(
  agent: Agent,
  method: string,
  url: string,
  headers: Record<string, string>,
  body: string,
): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { method, headers, agent }, (incoming) => {
      let text = '';
      incoming.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      incoming.on('end', () => resolve({ status: incoming.statusCode ?? 0, text }));
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}
