import { randomUUID } from 'node:crypto';

/** Sends a request to a service and yields the answer. */
export type Send = (service: string, method: string, path: string, body?: object) => Promise<Answer>;
export type Answer = { readonly status: number; readonly body: unknown };

/** One kind of request to a service. */
export type Operation = {
  readonly service: string;
  readonly name: string;
  /** The share of these among all requests to the service. */
  readonly share: number;
  /** Sends the request of one of many users, counted from 0. */
  readonly request: (send: Send, user: number) => Promise<Answer>;
};

/** So many users take turns. A partition that gets far more than the share of one of them belongs to all. */
export const users = 50;

/** A task, product or order that an earlier request of the user made. */
const made = new Map<string, string>();

function keep(key: string, user: number, answer: Answer, member: string): Answer {
  const value: unknown = Reflect.get(Object(answer.body), member);
  if (typeof value === 'string') made.set(`${key} ${user % users}`, value);
  return answer;
}

function kept(key: string, user: number): string {
  return made.get(`${key} ${user % users}`) ?? randomUUID();
}

const nameOf = (user: number): string => `user-${user % users}`;
const product = { name: 'Watering can', category: 'garden-tools', price: { amount: 1999, currency: 'EUR' } };
const description = 'Holds ten litres. '.repeat(15);

/**
 * The operations of every service, those first that others need. Shares are assumptions about an application with many
 * readers; README and docs/scale.md name them.
 */
export const operations: readonly Operation[] = [
  {
    service: 'tasks',
    name: 'POST /tasks',
    share: 0.1,
    request: async (send, user) =>
      keep(
        'task',
        user,
        await send('tasks', 'POST', '/tasks', { title: 'Water the plants', detail: description }),
        'id',
      ),
  },
  {
    service: 'tasks',
    name: 'GET /tasks/{taskId}',
    share: 0.5,
    request: (send, user) => send('tasks', 'GET', `/tasks/${kept('task', user)}`),
  },
  {
    service: 'tasks',
    name: 'GET /tasks',
    share: 0.3,
    request: (send) => send('tasks', 'GET', '/tasks?limit=20'),
  },
  {
    service: 'tasks',
    name: 'PUT /tasks/{taskId}',
    share: 0.1,
    request: (send, user) =>
      send('tasks', 'PUT', `/tasks/${kept('task', user)}`, { title: 'Water them', isComplete: true }),
  },
  { service: 'planner', name: 'GET /planner', share: 1, request: (send) => send('planner', 'GET', '/planner') },
  {
    service: 'users-async',
    name: 'POST /users',
    share: 0.4,
    request: async (send, user) =>
      keep(
        'message',
        user,
        await send('users-async', 'POST', '/users', { name: 'Ada', email: `${nameOf(user)}@example.com` }),
        'messageId',
      ),
  },
  {
    service: 'users-async',
    name: 'GET /status/{messageId}',
    share: 0.6,
    request: (send, user) => send('users-async', 'GET', `/status/${kept('message', user)}`),
  },
  {
    service: 'friends',
    name: 'POST /friends',
    share: 0.2,
    request: (send, user) =>
      send('friends', 'POST', '/friends', {
        player_id: nameOf(user),
        friend_id: `friend-${randomUUID()}`,
        friend_action: 'Request',
      }),
  },
  {
    service: 'friends',
    name: 'GET /friends/{playerId}',
    share: 0.3,
    request: (send, user) => send('friends', 'GET', `/friends/${nameOf(user)}?limit=20`),
  },
  {
    service: 'friends',
    name: 'GET /friends/{playerId}/isFriend/{friendId}',
    share: 0.5,
    request: (send, user) => send('friends', 'GET', `/friends/${nameOf(user)}/isFriend/${nameOf(user + 1)}`),
  },
  {
    service: 'users',
    name: 'POST /users',
    share: 0.02,
    request: async (send, user) => {
      const username = user < users ? nameOf(user) : `more-${randomUUID()}`;
      return send('users', 'POST', '/users', { username, name: 'Ada', email: `${username}@example.com` });
    },
  },
  {
    service: 'users',
    name: 'GET /users/{username}',
    share: 0.9,
    request: (send, user) => send('users', 'GET', `/users/${nameOf(user)}`),
  },
  {
    service: 'users',
    name: 'PUT /users/{username}',
    share: 0.07,
    request: (send, user) => send('users', 'PUT', `/users/${nameOf(user)}`, { name: `Ada ${user}` }),
  },
  {
    service: 'users',
    name: 'GET /users',
    share: 0.01,
    request: (send) => send('users', 'GET', '/users?userType=CUSTOMER&limit=20'),
  },
  {
    service: 'orders',
    name: 'POST /orders',
    share: 0.2,
    request: (send, user) => send('orders', 'POST', '/orders', { username: nameOf(user), amount: 19.99, numItems: 2 }),
  },
  {
    service: 'orders',
    name: 'GET /orders',
    share: 0.8,
    request: (send, user) => send('orders', 'GET', `/orders?username=${nameOf(user)}&limit=10`),
  },
  {
    service: 'products',
    name: 'POST /products',
    share: 0.01,
    request: async (send, user) =>
      keep('product', user, await send('products', 'POST', '/products', { ...product, description }), 'id'),
  },
  {
    service: 'products',
    name: 'GET /products/{productId}',
    share: 0.69,
    request: (send, user) => send('products', 'GET', `/products/${kept('product', user)}`),
  },
  {
    service: 'products',
    name: 'GET /products',
    share: 0.3,
    request: (send) => send('products', 'GET', '/products?limit=20'),
  },
];

export const services: readonly string[] = [...new Set(operations.map(({ service }) => service)), 'notifications'];
