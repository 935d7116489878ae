import { createHash, randomUUID } from 'node:crypto';
import * as z from 'zod';

/** As on the wire: binary values are base64. */
export const attributeSchema = z.object({
  DataType: z.string(),
  StringValue: z.string().optional(),
  BinaryValue: z.string().optional(),
});
export type MessageAttribute = Readonly<z.infer<typeof attributeSchema>>;
export type MessageAttributes = Readonly<Record<string, MessageAttribute>>;

/** What a producer hands in. */
export type MessageContent = {
  readonly body: string;
  readonly attributes: MessageAttributes;
  readonly senderId: string;
  /** AWSTraceHeader, the one system attribute that a producer may set. */
  readonly traceHeader?: string | undefined;
  readonly groupId?: string | undefined;
  readonly deduplicationId?: string | undefined;
};

export type Message = MessageContent & {
  readonly id: string;
  readonly md5OfBody: string;
  readonly sentAt: number;
  readonly sequenceNumber?: string | undefined;
  /** The queue that gave up on it, for a message in a dead-letter queue. */
  readonly deadLetterSourceArn?: string | undefined;
};

/** Of a message group, or of deduplication. */
export function isFifoId(id: string): boolean {
  return /^[!-~]{1,128}$/.test(id);
}

export function newMessage(content: MessageContent, sentAt: number): Message {
  return { ...content, id: randomUUID(), md5OfBody: md5(content.body), sentAt };
}

export function md5(text: string): string {
  return createHash('md5').update(text).digest('hex');
}

/** The digest that SDKs check: each name, type and value with its length before it, sorted by name. */
export function md5OfAttributes(attributes: MessageAttributes): string | undefined {
  const names = Object.keys(attributes).sort();
  if (names.length === 0) return undefined;
  const digest = createHash('md5');
  const add = (bytes: Buffer): void => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    digest.update(length).update(bytes);
  };
  for (const name of names) {
    const { DataType = '', StringValue, BinaryValue } = attributes[name] ?? {};
    add(Buffer.from(name));
    add(Buffer.from(DataType));
    digest.update(Buffer.from([BinaryValue === undefined ? 1 : 2]));
    add(BinaryValue === undefined ? Buffer.from(StringValue ?? '') : Buffer.from(BinaryValue, 'base64'));
  }
  return digest.digest('hex');
}

/** Bytes as AWS counts them: the body, and name, type and value of each attribute. */
export function sizeOf(body: string, attributes: MessageAttributes): number {
  return Object.entries(attributes).reduce(
    (size, [name, { DataType, StringValue = '', BinaryValue = '' }]) =>
      size +
      Buffer.byteLength(name) +
      Buffer.byteLength(DataType) +
      Buffer.byteLength(StringValue) +
      Buffer.byteLength(BinaryValue, 'base64'),
    Buffer.byteLength(body),
  );
}
