import * as z from 'zod';
import { parseArn } from '../core/arn.ts';
import type { AwsClient } from '../core/aws-client.ts';
import type { JsonObject } from '../core/json.ts';
import type { Principal } from '../core/principal.ts';
import { type QueueRecord, queueRecords } from './queue-records.ts';

/** One queue, called with the rights of the role that polls it. */
export type QueueClient = {
  receive(max: number, waitSeconds: number): Promise<QueueRecord[]>;
  /** Deletes at most ten messages; yields those that the queue could not delete. */
  remove(records: readonly QueueRecord[]): Promise<QueueRecord[]>;
};

const deletedSchema = z.object({ Failed: z.array(z.object({ Id: z.string() })).nullish() });

export function queueClient(aws: AwsClient, queueArn: string, principal: () => Principal): QueueClient {
  const region = parseArn(queueArn)?.region ?? '';
  const call = async (action: string, input: JsonObject): Promise<JsonObject> =>
    aws({ service: 'sqs', action, input: { QueueUrl: queueUrl(queueArn), ...input }, principal: principal(), region });
  return {
    async receive(max, waitSeconds) {
      const answer = await call('ReceiveMessage', {
        MaxNumberOfMessages: max,
        WaitTimeSeconds: waitSeconds,
        MessageSystemAttributeNames: ['All'],
        MessageAttributeNames: ['All'],
      });
      return queueRecords(answer, queueArn, region);
    },
    async remove(records) {
      const answer = await call('DeleteMessageBatch', {
        Entries: records.map(({ receiptHandle }, index) => ({ Id: String(index), ReceiptHandle: receiptHandle })),
      });
      const failed = new Set(deletedSchema.parse(answer).Failed?.map(({ Id }) => Id));
      return records.filter((_, index) => failed.has(String(index)));
    },
  };
}

/** The URL that names a queue; which host it has does not matter to a call from within the process. */
export function queueUrl(queueArn: string): string {
  const { region = '', account = '', resource = '' } = parseArn(queueArn) ?? {};
  return `https://sqs.${region}.amazonaws.com/${account}/${resource}`;
}
