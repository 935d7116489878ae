import * as z from 'zod/mini';
import { httpHandler } from '#shared/http/http-handler.ts';
import { checkOwnData } from '#shared/http/own-data.ts';
import { playerId } from '../domain/friendship.ts';
import { service } from '../service.ts';

const path = z.strictObject({ playerId, friendId: playerId });

export const handler = httpHandler(service, { path }, async ({ path }, { friends }, { caller }) => {
  checkOwnData(caller, path.playerId, path.friendId);
  const state = await friends.findState({ player_id: path.playerId, friend_id: path.friendId });
  return { status: 200, body: { isFriend: state === 'Friends', state: state ?? null } };
});
