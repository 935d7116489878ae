import { Agent, request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { AwsError } from '../core/aws-error.ts';
import { isJsonObject, type JsonObject } from '../core/json.ts';

export type EngineAnswer = { readonly status: number; readonly headers: IncomingHttpHeaders; readonly body: Buffer };

/** The DynamoDB engine behind its own HTTP port. */
export type Engine = {
  /** Hands a call on byte by byte. @throws AwsError InternalServerError when the engine is gone */
  forward(target: string, body: Buffer | string): Promise<EngineAnswer>;
  /** Calls an action of DynamoDB itself. @throws AwsError as the engine answers */
  call(action: string, input: JsonObject, prefix?: TargetPrefix): Promise<JsonObject>;
  close(): void;
};

export type TargetPrefix = 'DynamoDB_20120810' | 'DynamoDBStreams_20120810';

/** The engine wants to see a signature and does not check it. */
const signature = {
  'content-type': 'application/x-amz-json-1.0',
  'x-amz-date': '20260101T000000Z',
  authorization:
    'AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=local',
};

export function connectEngine(port: number, stopped: () => string | undefined): Engine {
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });

  const forward: Engine['forward'] = (target, body) =>
    new Promise((resolve, reject) => {
      const gone = (cause: unknown): void => {
        const reason = stopped() ?? `does not answer (${cause instanceof Error ? cause.message : 'no reason given'})`;
        reject(
          new AwsError(
            'InternalServerError',
            `The DynamoDB engine of the local endpoint ${reason}. Restart the endpoint.`,
            500,
          ),
        );
      };
      const request = httpRequest(
        {
          host: '127.0.0.1',
          port,
          method: 'POST',
          path: '/',
          agent,
          headers: { ...signature, 'x-amz-target': target, 'content-length': Buffer.byteLength(body) },
        },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('error', gone);
          response.on('end', () =>
            resolve({ status: response.statusCode ?? 500, headers: response.headers, body: Buffer.concat(chunks) }),
          );
        },
      );
      request.on('error', gone);
      request.end(body);
    });

  return {
    forward,
    async call(action, input, prefix = 'DynamoDB_20120810') {
      const { status, body } = await forward(`${prefix}.${action}`, JSON.stringify(input));
      const output = parseObject(body);
      if (status < 300) return output;
      const { __type, message, Message, ...members } = output;
      const code = String(__type ?? 'InternalServerError')
        .split('#')
        .at(-1);
      throw new AwsError(code ?? 'InternalServerError', String(message ?? Message ?? ''), status, members);
    },
    close: () => agent.destroy(),
  };
}

function parseObject(body: Buffer): JsonObject {
  const parsed: unknown = body.length === 0 ? {} : JSON.parse(body.toString());
  return isJsonObject(parsed) ? parsed : {};
}
