import type { AwsResponse } from '../core/aws-api.ts';
import type { JsonObject, JsonValue } from '../core/json.ts';
import { escapeXml, parseQueryInput, type QueryValue } from '../core/query-protocol.ts';

export const queryNamespace = 'http://queue.amazonaws.com/doc/2012-11-05/';

/** How members are called on either side: the form counts single elements (`Tag.1.Key`), JSON has maps and lists. */
const maps: Readonly<Record<string, { member: string; key: string; value: string }>> = {
  Attribute: { member: 'Attributes', key: 'Name', value: 'Value' },
  MessageAttribute: { member: 'MessageAttributes', key: 'Name', value: 'Value' },
  MessageSystemAttribute: { member: 'MessageSystemAttributes', key: 'Name', value: 'Value' },
  Tag: { member: 'Tags', key: 'Key', value: 'Value' },
};
const lists: Readonly<Record<string, string>> = {
  ActionName: 'Actions',
  AttributeName: 'AttributeNames',
  AWSAccountId: 'AWSAccountIds',
  ChangeMessageVisibilityBatchRequestEntry: 'Entries',
  DeleteMessageBatchRequestEntry: 'Entries',
  MessageAttributeName: 'MessageAttributeNames',
  MessageSystemAttributeName: 'MessageSystemAttributeNames',
  SendMessageBatchRequestEntry: 'Entries',
  TagKey: 'TagKeys',
};

/** What an SDK sends for an empty list or map: the member itself, without a value. */
const collections = new Set([...Object.values(lists), ...Object.values(maps).map(({ member }) => member)]);

/** The input as the JSON protocol has it. The path may stand for the queue's URL. */
export function fromQuery(form: Iterable<[string, string]>, path: string): JsonObject {
  const { Action: _action, Version: _version, ...input } = parseQueryInput(form);
  const queueUrl = /^\/\d{12}\/[\w.-]+\/?$/.test(path) ? { QueueUrl: path } : {};
  return { ...queueUrl, ...toJsonMembers(input) };
}

function toJsonMembers(input: { readonly [name: string]: QueryValue }): JsonObject {
  return Object.fromEntries(
    Object.entries(input).flatMap(([name, value]): [string, JsonValue][] => {
      if (value === '' && collections.has(name)) return [];
      const map = maps[name];
      if (map !== undefined) return [[map.member, toMap(value, map.key, map.value)]];
      const list = lists[name];
      if (list === undefined) return [[name, toJson(value)]];
      return [[list, (Array.isArray(value) ? value : [value]).map(toJson)]];
    }),
  );
}

function toJson(value: QueryValue): JsonValue {
  if (typeof value === 'string') return value;
  return Array.isArray(value) ? value.map(toJson) : toJsonMembers(value);
}

function toMap(value: QueryValue, keyName: string, valueName: string): JsonObject {
  const entries = Array.isArray(value) ? value : [value];
  return Object.fromEntries(
    entries.flatMap((entry) => {
      if (typeof entry !== 'object' || Array.isArray(entry)) return [];
      const content = entry[valueName];
      return [[String(entry[keyName]), content === undefined ? '' : toJson(content)]];
    }),
  );
}

const elements: Readonly<Record<string, string>> = {
  Failed: 'BatchResultErrorEntry',
  Messages: 'Message',
  QueueUrls: 'QueueUrl',
  Results: 'ListMessageMoveTasksResultEntry',
  queueUrls: 'QueueUrl',
};

export function toQueryResponse(action: string, output: object, requestId: string): AwsResponse {
  const content = Object.entries(output)
    .map(([name, value]) =>
      toElements(name === 'Successful' ? `${action}ResultEntry` : (elements[name] ?? name), value),
    )
    .join('');
  // Actions that return nothing have no result element.
  const result =
    Object.keys(output).length === 0 && !mayBeEmpty.has(action) ? '' : `<${action}Result>${content}</${action}Result>`;
  return {
    status: 200,
    headers: { 'content-type': 'text/xml', 'x-amzn-requestid': requestId },
    body:
      `<?xml version="1.0"?>\n<${action}Response xmlns="${queryNamespace}">${result}` +
      `<ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata></${action}Response>`,
  };
}

const mayBeEmpty = new Set(['GetQueueAttributes', 'ListQueues', 'ListQueueTags', 'ReceiveMessage']);

function toElements(name: string, value: unknown): string {
  if (value === undefined) return '';
  if (Array.isArray(value)) return value.map((item) => toElements(name, item)).join('');
  if (typeof value !== 'object' || value === null) return `<${name}>${escapeXml(String(value))}</${name}>`;
  switch (name) {
    case 'Attributes':
      return toEntries('Attribute', 'Name', value);
    case 'MessageAttributes':
      return toEntries('MessageAttribute', 'Name', value);
    case 'Tags':
      return toEntries('Tag', 'Key', value);
    default:
      return `<${name}>${membersOf(value)}</${name}>`;
  }
}

function membersOf(value: object): string {
  return Object.entries(value)
    .map(([name, member]) => toElements(name, member))
    .join('');
}

function toEntries(element: string, key: string, map: object): string {
  return Object.entries(map)
    .map(([name, value]) => `<${element}><${key}>${escapeXml(name)}</${key}>${toElements('Value', value)}</${element}>`)
    .join('');
}
