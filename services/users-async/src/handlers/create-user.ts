import { MetricUnit } from '@aws-lambda-powertools/metrics';
import { sqsHandler } from '#shared/batch/sqs-handler.ts';
import { parseNewUser, readUserMessage } from '../domain/user-message.ts';
import { service } from '../service.ts';

export const handler = sqsHandler(service, async (record, { users }, { logger, metrics }) => {
  const message = readUserMessage(record);
  const result = await users.create(message, parseNewUser(message.body));
  if ('refused' in result) logger.info('User exists already', { message_id: message.messageId });
  else metrics.addMetric('UsersCreated', MetricUnit.Count, 1);
});
