import { streamHandler } from '#shared/batch/stream-handler.ts';
import { followChange, readChange } from '../follow-change.ts';
import { service } from '../stream-service.ts';

export const handler = streamHandler(service, (record, { pairs }) =>
  followChange(readChange('accepted', record), pairs, new Date()),
);
