import { isObject } from '../invalid-event.ts';

/** Whether an event is a batch of SQS messages. */
export function isSqsEvent(event: unknown): boolean {
  return isObject(event) && isListOf(event.Records, isMessage);
}

/** Whether an event is a batch of changes from an event source mapping on a table's stream. */
export function isStreamEvent(event: unknown): boolean {
  return isObject(event) && isChanges(event.Records);
}

/** Whether an event is a list of changes of a table, as a pipe sends it. */
export function isChanges(event: unknown): boolean {
  return isListOf(event, (record) => isObject(record) && isObject(record.dynamodb));
}

function isMessage(record: unknown): boolean {
  return isObject(record) && typeof record.messageId === 'string' && typeof record.body === 'string';
}

function isListOf(value: unknown, isItem: (item: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every(isItem);
}
