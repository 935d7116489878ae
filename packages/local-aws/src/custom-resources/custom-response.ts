import { isJsonObject, type JsonObject, type JsonValue } from '../core/json.ts';
import { parseJson } from '../core/parse-json.ts';
import type { CustomRequest } from './custom-request.ts';

/** What a provider answers. */
export type CustomResponse = {
  readonly status: 'SUCCESS' | 'FAILED';
  readonly reason: string | null;
  readonly physicalId: string | undefined;
  readonly isSecret: boolean;
  /** What `Fn::GetAtt` yields, by attribute name. */
  readonly attributes: JsonObject;
};

const maxResponseBytes = 4096;
const maxPhysicalIdBytes = 1024;
const copied = ['StackId', 'RequestId', 'LogicalResourceId'] as const;

/** @throws Error with the reason that CloudFormation gives for a response that it cannot use */
export function readCustomResponse(
  body: Buffer,
  request: Pick<CustomRequest, (typeof copied)[number]>,
): CustomResponse {
  if (body.length > maxResponseBytes) throw new Error('Response object is too long.');
  const response = parseJson(body.toString());
  if (!isJsonObject(response)) throw new Error('Response is not valid JSON');
  const { Status, Reason, PhysicalResourceId, NoEcho = false, Data } = response;
  if (Status !== 'SUCCESS' && Status !== 'FAILED') {
    throw new Error(`Invalid Response object: '${textOf(Status ?? null)}' is not a valid ResponseStatus`);
  }
  for (const name of copied) {
    if (response[name] !== request[name]) {
      throw new Error(`Invalid Response object: Value of property ${name} must be that of the request.`);
    }
  }
  if (Data !== undefined && Data !== null && !isJsonObject(Data)) {
    throw new Error('Invalid Response object: Value of property Data must be an object.');
  }
  return {
    status: Status,
    reason: typeof Reason === 'string' ? Reason : null,
    physicalId: physicalIdOf(PhysicalResourceId),
    isSecret: NoEcho === true || NoEcho === 'true',
    attributes: attributesOf(Data ?? {}),
  };
}

function physicalIdOf(value: JsonValue | undefined): string | undefined {
  if (typeof value !== 'string' || value === '' || Buffer.byteLength(value) > maxPhysicalIdBytes) return undefined;
  return value;
}

/** `Fn::GetAtt` yields strings and lists. A member without a value is none. */
function attributesOf(data: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(data).flatMap(([name, value]): [string, JsonValue][] => {
      if (value === null) return [];
      return [[name, typeof value === 'number' || typeof value === 'boolean' ? String(value) : value]];
    }),
  );
}

function textOf(value: JsonValue): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
