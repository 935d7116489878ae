import { AwsError } from '../../core/aws-error.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts';

/**
 * SQS spoken in its old Query protocol, which API Gateway uses: a form such as
 * `Action=SendMessage&MessageBody=a&MessageAttribute.1.Name=b&MessageAttribute.1.Value.StringValue=c`.
 */
export type SqsCall = { readonly action: string; readonly input: JsonObject };

/** Members that the JSON protocol takes as numbers. */
const numbers = new Set(['DelaySeconds', 'MaxNumberOfMessages', 'VisibilityTimeout', 'WaitTimeSeconds']);

/** Numbered lists of the Query protocol and the member of the JSON protocol that each becomes. */
const lists: Readonly<Record<string, string>> = {
  AttributeName: 'AttributeNames',
  MessageAttributeName: 'MessageAttributeNames',
  MessageSystemAttributeName: 'MessageSystemAttributeNames',
  SendMessageBatchRequestEntry: 'Entries',
  DeleteMessageBatchRequestEntry: 'Entries',
  ChangeMessageVisibilityBatchRequestEntry: 'Entries',
};
const maps: Readonly<Record<string, string>> = {
  MessageAttribute: 'MessageAttributes',
  MessageSystemAttribute: 'MessageSystemAttributes',
};

/** The actions that the gateway passes on, with what must be there. */
const actions: Readonly<Record<string, readonly string[]>> = {
  SendMessage: ['MessageBody'],
  SendMessageBatch: ['Entries'],
  ReceiveMessage: [],
  DeleteMessage: ['ReceiptHandle'],
  DeleteMessageBatch: ['Entries'],
  ChangeMessageVisibility: ['ReceiptHandle', 'VisibilityTimeout'],
  GetQueueAttributes: [],
  GetQueueUrl: ['QueueName'],
  PurgeQueue: [],
};

/** Translates a Query call into one of the JSON protocol. @throws AwsError as SQS would answer */
export function readSqsQuery(parameters: Iterable<readonly [string, string]>, queueUrl: string | undefined): SqsCall {
  const tree: JsonObject = {};
  for (const [name, value] of parameters) insert(tree, name.split('.'), value);
  const { Action: action, Version: _version, ...members } = tree;
  const required = typeof action === 'string' && Object.hasOwn(actions, action) ? actions[action] : undefined;
  if (typeof action !== 'string' || required === undefined) {
    throw new AwsError('InvalidAction', `The action ${String(action ?? '')} is not valid for this endpoint.`);
  }
  const input = { ...(queueUrl === undefined ? {} : { QueueUrl: queueUrl }), ...readMembers(members) };
  const missing = required.find((name) => !Object.hasOwn(input, name));
  if (missing !== undefined) {
    throw new AwsError('MissingParameter', `The request must contain the parameter ${missing}.`);
  }
  return { action, input };
}

function insert(tree: JsonObject, [head = '', ...rest]: readonly string[], value: string): void {
  if (rest.length === 0) {
    set(tree, head, value);
    return;
  }
  const known = Object.hasOwn(tree, head) ? tree[head] : undefined;
  const child: JsonObject = isJsonObject(known) ? known : {};
  set(tree, head, child);
  insert(child, rest, value);
}

function set(tree: JsonObject, name: string, value: JsonValue): void {
  Object.defineProperty(tree, name, { value, enumerable: true, writable: true, configurable: true });
}

function readMembers(tree: JsonObject): JsonObject {
  const members: JsonObject = {};
  for (const [name, value] of Object.entries(tree)) {
    const list = Object.hasOwn(lists, name) ? lists[name] : undefined;
    const map = Object.hasOwn(maps, name) ? maps[name] : undefined;
    if (list !== undefined)
      members[list] = numbered(value).map((item) => (isJsonObject(item) ? readMembers(item) : item));
    else if (map !== undefined) members[map] = readAttributes(value);
    else set(members, name, numbers.has(name) ? readNumber(name, value) : value);
  }
  return members;
}

function readAttributes(value: JsonValue | undefined): JsonObject {
  return Object.fromEntries(
    numbered(value).map((entry) => {
      const { Name: name, Value: content } = isJsonObject(entry) ? entry : {};
      if (typeof name !== 'string' || !isJsonObject(content)) {
        throw new AwsError('InvalidParameterValue', 'The message attribute name and value must not be empty.');
      }
      return [name, content];
    }),
  );
}

/** The values of `{ 1: …, 2: … }` in order. */
function numbered(value: JsonValue | undefined): JsonValue[] {
  if (!isJsonObject(value)) return [];
  return Object.entries(value)
    .sort(([a], [b]) => Number(a) - Number(b))
    .map(([, item]) => item);
}

function readNumber(name: string, value: JsonValue): number {
  const number = typeof value === 'string' && value !== '' ? Number(value) : Number.NaN;
  if (!Number.isInteger(number)) {
    throw new AwsError('InvalidParameterValue', `Value ${String(value)} for parameter ${name} is invalid.`);
  }
  return number;
}

/** Members that SQS writes as null when they are absent. */
const absentMembers: Readonly<Record<string, readonly string[]>> = {
  SendMessage: [
    'MD5OfMessageAttributes',
    'MD5OfMessageBody',
    'MD5OfMessageSystemAttributes',
    'MessageId',
    'SequenceNumber',
  ],
};

/** The answer to a Query call from a client that accepts JSON, as API Gateway does. */
export function sqsQueryAnswer(action: string, output: JsonObject, requestId: string): JsonObject {
  const metadata = { RequestId: requestId };
  if (action === 'DeleteMessage' || action === 'PurgeQueue' || action === 'ChangeMessageVisibility') {
    return { [`${action}Response`]: { ResponseMetadata: metadata } };
  }
  const absent = Object.fromEntries((absentMembers[action] ?? []).map((name): [string, null] => [name, null]));
  const { Messages: messages, ...members } = output;
  const result = action === 'ReceiveMessage' ? { messages: messages ?? null } : { ...absent, ...members };
  return { [`${action}Response`]: { ResponseMetadata: metadata, [`${action}Result`]: result } };
}

export function sqsQueryError(code: string, message: string, type: string, requestId: string): JsonObject {
  return { Error: { Code: code, Message: message, Type: type }, RequestId: requestId };
}
