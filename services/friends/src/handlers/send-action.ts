import { httpHandler } from '#shared/http/http-handler.ts';
import { friendMessage } from '../friendship.ts';
import { checkCaller } from '../own-player.ts';
import { service } from '../write-service.ts';

export const handler = httpHandler(service, { body: friendMessage }, async ({ body }, { queue }, { caller }) => {
  checkCaller(caller, body.player_id);
  const messageId = await queue.send(body);
  service.logger.info('Action sent', { message_id: messageId, action: body.friend_action });
  return { status: 202, body: { messageId } };
});
