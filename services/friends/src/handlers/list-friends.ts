import * as z from 'zod/mini';
import { httpHandler } from '#shared/http/http-handler.ts';
import { nextPageLink } from '#shared/http/links.ts';
import { checkOwnData } from '#shared/http/own-data.ts';
import { friendQuery } from '../domain/friend.ts';
import { playerId } from '../domain/friendship.ts';
import { service } from '../service.ts';

const path = z.strictObject({ playerId });

export const handler = httpHandler(
  service,
  { path, query: friendQuery },
  async ({ path: { playerId }, query }, { friends }, { caller }) => {
    checkOwnData(caller, playerId);
    const page = await friends.list(playerId, query);
    return { status: 200, headers: nextPageLink(query, page.nextToken), body: page.items };
  },
);
