import { type ServiceClient, serviceClient } from '#test/support/service-client.ts';

/** A service of each kind of API, for what differs between the values of auth. */
export const services = ['tasks', 'friends'];
export type Clients = { readonly tasks: ServiceClient; readonly friends: ServiceClient };
/** Of a deployed stage. */
export const clientsOf = async (url: string): Promise<Clients> => ({
  tasks: await serviceClient('tasks', url),
  friends: await serviceClient('friends', url),
});
/** What a request to each of them is answered with. */
export const statusesOf = async ({ tasks, friends }: Clients, headers: Record<string, string>) => [
  (await tasks.send({ path: '/tasks', headers })).statusCode,
  (await friends.send({ path: '/friends/alice', headers })).statusCode,
];
