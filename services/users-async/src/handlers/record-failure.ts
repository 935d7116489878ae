import { MetricUnit } from '@aws-lambda-powertools/metrics';
import { sqsHandler } from '#shared/batch/sqs-handler.ts';
import { service } from '../failure-service.ts';
import { InvalidMessageError, parseNewUser, readUserMessage } from '../user-message.ts';

/** Takes what ended in the dead-letter queue: tells the client, and keeps the message for `npm run redrive`. */
export const handler = sqsHandler(service, async (record, { users, archive }) => {
  const message = readUserMessage(record);
  // First the record, then the copy: a retry in between repeats the one and does not double the other.
  const hasFailed = await users.recordFailure(message, reasonOf(message.body));
  if (!hasFailed) {
    service.logger.info('User exists already', { message_id: message.messageId });
    return;
  }
  await archive.keep(message);
  service.metrics.addMetric('UsersFailed', MetricUnit.Count, 1);
  service.logger.error('User could not be created', { message_id: message.messageId });
});

function reasonOf(body: string): string {
  try {
    parseNewUser(body);
    return 'The user could not be created after several attempts.';
  } catch (error) {
    if (error instanceof InvalidMessageError) return error.message;
    throw error;
  }
}
