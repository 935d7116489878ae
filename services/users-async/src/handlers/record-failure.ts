import { MetricUnit } from '@aws-lambda-powertools/metrics';
import { sqsHandler } from '#shared/batch/sqs-handler.ts';
import { InvalidMessageError, parseNewUser, readUserMessage } from '../domain/user-message.ts';
import { failureService } from '../service.ts';

/** Records a message of the dead-letter queue as failed and moves it to the archive queue, for `npm run redrive`. */
export const handler = sqsHandler(failureService, async (record, { users, archive }, { logger, metrics }) => {
  const message = readUserMessage(record);
  // The record first: a retry between the two writes repeats the record, but makes no second copy.
  const result = await users.recordFailure(message, reasonOf(message.body));
  if ('refused' in result) {
    logger.info('User exists already', { message_id: message.messageId });
    return;
  }
  await archive.send(message);
  metrics.addMetric('UsersFailed', MetricUnit.Count, 1);
  logger.error('User could not be created', { message_id: message.messageId });
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
