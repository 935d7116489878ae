import { httpHandler } from '#shared/http/http-handler.ts';
import { checkOwnData } from '#shared/http/own-data.ts';
import { friendMessage } from '../domain/friendship.ts';
import { sendService } from '../service.ts';

export const handler = httpHandler(
  sendService,
  { body: friendMessage },
  async ({ body }, { queue }, { caller, logger }) => {
    checkOwnData(caller, body.player_id);
    const messageId = await queue.send(body);
    logger.info('Action sent', { message_id: messageId, action: body.friend_action });
    return { status: 202, body: { messageId } };
  },
);
