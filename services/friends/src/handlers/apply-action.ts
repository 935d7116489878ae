import { MetricUnit } from '@aws-lambda-powertools/metrics';
import { sqsHandler } from '#shared/batch/sqs-handler.ts';
import { parseFriendMessage } from '../domain/friendship.ts';
import { actionService } from '../service.ts';

/** Consumes the action queue. Drops an action that is not applicable; a message that cannot be parsed fails. */
export const handler = sqsHandler(actionService, async (record, { actions }, { now, logger, metrics }) => {
  const message = parseFriendMessage(record.body);
  // A redriven message keeps its original id.
  const id = record.messageAttributes.originalMessageId?.stringValue ?? record.messageId;
  const result = await actions.apply(message, id, now);
  if (!('refused' in result)) return;
  logger.info('Action dropped', { message_id: id, action: message.friend_action, reason: result.refused });
  if (result.refused === 'not-applicable') metrics.addMetric('ActionsDropped', MetricUnit.Count, 1);
});
