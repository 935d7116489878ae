import { MetricUnit } from '@aws-lambda-powertools/metrics';
import { sqsHandler } from '#shared/batch/sqs-handler.ts';
import { service } from '../service.ts';
import { parseNewUser, readUserMessage } from '../user-message.ts';

export const handler = sqsHandler(service, async (record, { users }) => {
  const message = readUserMessage(record);
  const isNew = await users.create(message, parseNewUser(message.body));
  if (isNew) service.metrics.addMetric('UsersCreated', MetricUnit.Count, 1);
  else service.logger.info('User exists already', { message_id: message.messageId });
});
