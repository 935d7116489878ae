import { httpHandler } from '#shared/http/http-handler.ts';
import { checkOwnData } from '#shared/http/own-data.ts';
import { friendMessage } from '../friendship.ts';
import { service } from '../write-service.ts';

export const handler = httpHandler(service, { body: friendMessage }, async ({ body }, { queue }, { caller }) => {
  checkOwnData(caller, body.player_id);
  const messageId = await queue.send(body);
  service.logger.info('Action sent', { message_id: messageId, action: body.friend_action });
  return { status: 202, body: { messageId } };
});
