import { DeleteItemCommand, DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import { undoLater } from './created-items.ts';
import type { Answer, Request } from './service-client.ts';
import { outputNamed, stackOutputs } from './stack-outputs.ts';
import { stackName, stageConfig } from './stage.ts';

type Send = (request: Request) => Promise<Answer>;

const user = z.object({ username: z.string() });
const order = z.object({ data: z.object({ OrderId: z.string() }) });
const action = z.object({ player_id: z.string(), friend_id: z.string() });
const accepted = z.object({ messageId: z.string() });

/** By service: registers the deletion of the item that a POST has created. Services without an entry create none. */
const deletions: Readonly<Record<string, (send: Send, request: Request, answer: Answer) => void>> = {
  tasks: deleteLocation,
  products: deleteLocation,
  users(send, { body }) {
    // A change of an address is a POST without a body.
    const { data } = user.safeParse(body);
    if (data !== undefined) undoLater(() => remove(send, `/users/${data.username}`));
  },
  orders(send, { body }, answer) {
    const { username } = user.parse(body);
    const { OrderId } = order.parse(JSON.parse(answer.body)).data;
    undoLater(async () => {
      // Only cancelled orders can be deleted, and not all can be cancelled.
      await send({ method: 'PUT', path: `/orders/${OrderId}`, body: { username, status: 'CANCEL' } });
      await deleteItem('users', 'CommerceTableName', {
        PK: `CUSTOMER#${username.toLowerCase()}`,
        SK: `#ORDER#${OrderId}`,
      });
    });
  },
  friends(_send, { body }) {
    const { player_id, friend_id } = action.parse(body);
    undoLater(async () => {
      await deleteItem('friends', 'FriendsTableName', { player_id, friend_id });
      await deleteItem('friends', 'FriendsTableName', { player_id: friend_id, friend_id: player_id });
    });
  },
  'users-async'(_send, _request, answer) {
    const { messageId } = accepted.parse(JSON.parse(answer.body));
    undoLater(() => deleteUserOfMessage(messageId));
  },
};

/** Registers the deletion of what a request to a service has created. */
export function deleteLater(service: string, send: Send, request: Request, answer: Answer): void {
  if (request.method === 'POST' && answer.statusCode < 300) deletions[service]?.(send, request, answer);
}

function deleteLocation(send: Send, { path }: Request, { headers }: Answer): void {
  const { pathname } = new URL(headers.location ?? '', `http://stage${path}`);
  undoLater(() => remove(send, pathname));
}

async function remove(send: Send, path: string): Promise<void> {
  const { statusCode, body } = await send({ method: 'DELETE', path });
  // The test itself may have deleted it.
  if (statusCode !== 204 && statusCode !== 404) throw new Error(`DELETE ${path} answered ${statusCode}: ${body}`);
}

async function deleteItem(service: string, output: string, key: Readonly<Record<string, string>>): Promise<void> {
  const TableName = outputNamed(await stackOutputs(stackName(service)), output);
  const Key = Object.fromEntries(Object.entries(key).map(([name, value]) => [name, { S: value }]));
  const client = new DynamoDBClient(stageConfig());
  await client.send(new DeleteItemCommand({ TableName, Key })).finally(() => client.destroy());
}

async function deleteUserOfMessage(messageId: string): Promise<void> {
  const TableName = outputNamed(await stackOutputs(stackName('users-async')), 'UsersTableName');
  const client = new DynamoDBClient(stageConfig());
  const { Items = [] } = await client
    .send(
      new QueryCommand({
        TableName,
        IndexName: 'byMessage',
        KeyConditionExpression: 'messageId = :messageId',
        ExpressionAttributeValues: { ':messageId': { S: messageId } },
      }),
    )
    .finally(() => client.destroy());
  for (const { userId } of Items) await deleteItem('users-async', 'UsersTableName', { userId: userId?.S ?? '' });
}
