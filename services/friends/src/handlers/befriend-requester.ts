import { streamHandler } from '#shared/batch/stream-handler.ts';
import { readChange } from '../domain/friend-update.ts';
import { propagateChange } from '../domain/propagate-change.ts';
import { streamService } from '../service.ts';

export const handler = streamHandler(streamService, (record, { friendships }, { now }) =>
  propagateChange(readChange('accepted', record), friendships, now),
);
