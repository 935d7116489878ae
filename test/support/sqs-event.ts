import type { SQSEvent, SQSMessageAttributes } from 'aws-lambda';

type Message = {
  readonly messageId: string;
  readonly body: string;
  readonly sentAt?: number;
  readonly attributes?: Readonly<Record<string, string>>;
};

/** A batch as an SQS event source mapping sends it. */
export function sqsEvent(...messages: Message[]): SQSEvent {
  return {
    Records: messages.map(({ messageId, body, sentAt = 1_767_225_600_000, attributes = {} }) => ({
      messageId,
      receiptHandle: `handle-${messageId}`,
      body,
      attributes: {
        ApproximateReceiveCount: '1',
        SentTimestamp: String(sentAt),
        SenderId: 'AROA:sender',
        ApproximateFirstReceiveTimestamp: String(sentAt),
      },
      messageAttributes: Object.fromEntries(
        Object.entries(attributes).map(([name, stringValue]): [string, SQSMessageAttributes[string]] => [
          name,
          { stringValue, dataType: 'String' },
        ]),
      ),
      md5OfBody: '',
      eventSource: 'aws:sqs',
      eventSourceARN: 'arn:aws:sqs:us-east-1:000000000000:queue',
      awsRegion: 'us-east-1',
    })),
  };
}
