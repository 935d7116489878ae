import { Agent, request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { AwsError } from '../core/aws-error.ts';
import type { JsonObject } from '../core/json.ts';
import { answeredObject } from '../core/read-json.ts';
import type { EngineAddress } from './engine-address.ts';

export type EngineAnswer = { readonly status: number; readonly headers: IncomingHttpHeaders; readonly body: Buffer };

/** The DynamoDB engine, called over HTTP. */
export type Engine = {
  /** Passes a call on unchanged. @throws AwsError InternalServerError, which SDKs retry, when the engine ends meanwhile */
  forward(target: string, body: Buffer | string): Promise<EngineAnswer>;
  /** Calls an action of DynamoDB itself. @throws AwsError as the engine answers */
  call(action: string, input: JsonObject, prefix?: TargetPrefix): Promise<JsonObject>;
  close(): void;
};

type TargetPrefix = 'DynamoDB_20120810' | 'DynamoDBStreams_20120810';

/** The engine requires a signature and does not check it. */
const signature = {
  'content-type': 'application/x-amz-json-1.0',
  'x-amz-date': '20260101T000000Z',
  authorization:
    'AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=local',
};

/** What calls need to know of the engine that runs. */
export type EngineLocation = {
  /** @param dead an address that refused the connection. @throws AwsError when no engine runs */
  address(dead?: EngineAddress): Promise<EngineAddress>;
};

/** Calls the engine over HTTP, wherever it runs at the time of the call. */
export function connectEngine(location: EngineLocation): Engine {
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });

  const send = ({ host, port }: EngineAddress, target: string, body: Buffer | string): Promise<EngineAnswer> =>
    new Promise((resolve, reject) => {
      const request = httpRequest(
        {
          host,
          port,
          method: 'POST',
          path: '/',
          agent,
          headers: { ...signature, 'x-amz-target': target, 'content-length': Buffer.byteLength(body) },
        },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('error', reject);
          response.on('end', () =>
            resolve({ status: response.statusCode ?? 500, headers: response.headers, body: Buffer.concat(chunks) }),
          );
        },
      );
      request.on('error', reject);
      // Node writes a text together with the head. In this encoding a character is a byte.
      if (typeof body === 'string') request.end(body);
      else request.end(body.toString('latin1'), 'latin1');
    });

  const forward = async (target: string, body: Buffer | string, dead?: EngineAddress): Promise<EngineAnswer> => {
    const address = await location.address(dead);
    try {
      return await send(address, target, body);
    } catch (error) {
      // Only a refused connection proves that the engine did not see the call.
      if (hasCode(error, 'ECONNREFUSED')) return forward(target, body, address);
      throw new AwsError('InternalServerError', lostCall(error), 500);
    }
  };

  return {
    forward: (target, body) => forward(target, body),
    async call(action, input, prefix = 'DynamoDB_20120810') {
      const { status, body } = await forward(`${prefix}.${action}`, JSON.stringify(input));
      const output = answeredObject(body);
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

function lostCall(error: unknown): string {
  const reason = error instanceof Error ? error.message : String(error);
  return `The DynamoDB engine ended during the call (${reason}). Whether the call took effect is unknown; try again.`;
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
