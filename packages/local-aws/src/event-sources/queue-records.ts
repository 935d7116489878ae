import * as z from 'zod';
import type { JsonObject, JsonValue } from '../core/json.ts';
import type { SourceRecord } from './source.ts';

export type QueueRecord = SourceRecord & {
  readonly receiptHandle: string;
  /** The event with a JSON body parsed, as filter patterns look at it. */
  readonly filterView: JsonObject;
};

const attributeSchema = z.object({
  DataType: z.string(),
  StringValue: z.string().optional(),
  BinaryValue: z.string().optional(),
});

const messagesSchema = z.object({
  Messages: z
    .array(
      z.object({
        MessageId: z.string(),
        ReceiptHandle: z.string(),
        Body: z.string(),
        MD5OfBody: z.string(),
        MD5OfMessageAttributes: z.string().optional(),
        Attributes: z.record(z.string(), z.string()).optional(),
        MessageAttributes: z.record(z.string(), attributeSchema).optional(),
      }),
    )
    .nullish(),
});

/** The records of a ReceiveMessage answer, in the shape that Lambda gives them. */
export function queueRecords(answer: JsonObject, queueArn: string, region: string): QueueRecord[] {
  return (messagesSchema.parse(answer).Messages ?? []).map((message) => {
    const event: JsonObject = {
      messageId: message.MessageId,
      receiptHandle: message.ReceiptHandle,
      body: message.Body,
      attributes: message.Attributes ?? {},
      messageAttributes: messageAttributes(message.MessageAttributes ?? {}),
      ...(message.MD5OfMessageAttributes !== undefined && { md5OfMessageAttributes: message.MD5OfMessageAttributes }),
      md5OfBody: message.MD5OfBody,
      eventSource: 'aws:sqs',
      eventSourceARN: queueArn,
      awsRegion: region,
    };
    return {
      id: message.MessageId,
      receiptHandle: message.ReceiptHandle,
      event,
      filterView: { ...event, body: parsed(message.Body) },
    };
  });
}

function messageAttributes(attributes: Record<string, z.infer<typeof attributeSchema>>): JsonObject {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, { DataType, StringValue, BinaryValue }]) => [
      name,
      {
        ...(StringValue !== undefined && { stringValue: StringValue }),
        ...(BinaryValue !== undefined && { binaryValue: BinaryValue }),
        stringListValues: [],
        binaryListValues: [],
        dataType: DataType,
      },
    ]),
  );
}

function parsed(body: string): JsonValue {
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
}
