import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import type { ApiCaller } from './api-caller.ts';

/** What a client does, and everything that follows from it. */
export type Operation = {
  /** The service and the id of the operation in its specification, with what is special about it. */
  readonly name: string;
  readonly title: string;
  /** Makes what it needs. */
  readonly prepare?: () => Promise<unknown>;
  readonly run: () => Promise<unknown>;
  /** How many of them `run` does; one by default. */
  readonly count?: number;
  /** Counts only what follows from deliveries by this mechanism; everything by default. */
  readonly behind?: string;
};

/** What the operations do besides calls of APIs. */
export type Controls = {
  readonly api: ApiCaller;
  /** Resolves when nothing is left to do. */
  readonly untilIdle: () => Promise<unknown>;
  /** Lets the consumer of the queue of users rest while `work` runs, so that what is in the queue becomes one batch. */
  readonly whileUsersWait: (work: () => Promise<unknown>) => Promise<void>;
  /** Makes the plan of the morning. */
  readonly runMorning: () => Promise<void>;
};

const idSchema = z.object({ id: z.string() });
const messageSchema = z.object({ messageId: z.string() });
const orderSchema = z.object({ data: z.object({ OrderId: z.string() }) });
const doneSchema = z.object({ userId: z.string() });

/** A page of the lists of tasks, products and users. */
const page = 50;
const ordersPage = 10;
const batch = 10;

/** All operations of the APIs and of the schedule. Later ones use what earlier ones made, so that all have to run. */
export function operationsOf(controls: Controls): readonly Operation[] {
  return [
    ...tasksOperations(controls),
    ...plannerOperations(controls),
    ...usersAsyncOperations(controls),
    ...friendsOperations(controls),
    ...usersOperations(controls),
    ...ordersOperations(controls),
    ...productsOperations(controls),
  ];
}

/** The service of an operation by its name. */
export function serviceOf(name: string): string {
  return name.split('.')[0] ?? name;
}

function tasksOperations({ api }: Controls): readonly Operation[] {
  const task = { title: 'Water the plants', dueAt: '2027-03-01T09:00:00Z' };
  const create = () => api.send('tasks', { method: 'POST', path: '/tasks', body: task });
  let path = '';
  return [
    {
      name: 'tasks.createTask',
      title: '`POST /tasks`',
      run: async () => {
        path = `/tasks/${idSchema.parse((await create()).body).id}`;
      },
    },
    {
      name: 'tasks.listTasks',
      title: `\`GET /tasks\`, a page of ${page}`,
      prepare: () => times(page, create),
      run: () => api.send('tasks', { method: 'GET', path: '/tasks' }),
    },
    {
      name: 'tasks.getTask',
      title: '`GET /tasks/{taskId}`',
      run: () => api.send('tasks', { method: 'GET', path }),
    },
    {
      name: 'tasks.replaceTask',
      title: '`PUT /tasks/{taskId}`, completed',
      run: () => api.send('tasks', { method: 'PUT', path, body: { ...task, isComplete: true } }),
    },
    {
      name: 'tasks.deleteTask',
      title: '`DELETE /tasks/{taskId}`',
      run: () => api.send('tasks', { method: 'DELETE', path }),
    },
  ];
}

function plannerOperations({ api, runMorning }: Controls): readonly Operation[] {
  return [
    {
      name: 'planner.getPlan',
      title: `\`GET /planner\`, ${page} tasks`,
      run: () => api.send('planner', { method: 'GET', path: '/planner?date=2027-03-01' }),
    },
    { name: 'planner.publishPlan', title: 'the plan of a morning', run: runMorning },
  ];
}

function usersAsyncOperations({ api, untilIdle, whileUsersWait }: Controls): readonly Operation[] {
  const body = { name: 'Ada Lovelace', email: 'ada@example.com' };
  const create = () => api.send('users-async', { method: 'POST', path: '/users', body });
  let messageId = '';
  let userId = '';
  return [
    {
      name: 'users-async.createUser',
      title: '`POST /users`, one at a time',
      run: async () => {
        ({ messageId } = messageSchema.parse((await create()).body));
        await untilIdle();
      },
    },
    {
      name: 'users-async.createUser.batches',
      title: `\`POST /users\`, in full batches of ${batch}`,
      run: () => whileUsersWait(() => times(batch, create)),
      count: batch,
    },
    {
      name: 'users-async.getStatus',
      title: '`GET /status/{messageId}`',
      run: async () => {
        const { body } = await api.send('users-async', { method: 'GET', path: `/status/${messageId}` });
        ({ userId } = doneSchema.parse(body));
      },
    },
    {
      name: 'users-async.getUser',
      title: '`GET /users/{userId}`',
      run: () => api.send('users-async', { method: 'GET', path: `/users/${userId}` }),
    },
  ];
}

function friendsOperations({ api }: Controls): readonly Operation[] {
  const act = (player_id: string, friend_id: string, friend_action: string) => () =>
    api.send('friends', { method: 'POST', path: '/friends', body: { player_id, friend_id, friend_action } });
  return [
    { name: 'friends.sendAction', title: '`POST /friends`, Request', run: act('ann', 'bob', 'Request') },
    {
      name: 'friends.sendAction.reject',
      title: '`POST /friends`, Reject',
      prepare: act('cleo', 'dan', 'Request'),
      run: act('dan', 'cleo', 'Reject'),
    },
    { name: 'friends.sendAction.accept', title: '`POST /friends`, Accept', run: act('bob', 'ann', 'Accept') },
    {
      name: 'friends.listFriends',
      title: '`GET /friends/{playerId}`, one friend',
      run: () => api.send('friends', { method: 'GET', path: '/friends/ann' }),
    },
    {
      name: 'friends.isFriend',
      title: '`GET /friends/{playerId}/isFriend/{friendId}`',
      run: () => api.send('friends', { method: 'GET', path: '/friends/ann/isFriend/bob' }),
    },
    { name: 'friends.sendAction.unfriend', title: '`POST /friends`, Unfriend', run: act('ann', 'bob', 'Unfriend') },
  ];
}

function usersOperations({ api }: Controls): readonly Operation[] {
  const create = (path: string) => (username: string) =>
    api.send('users', {
      method: 'POST',
      path,
      body: { username, name: 'Ada Lovelace', email: `${username}@example.com` },
    });
  const put = (path: string, body: object) => () => api.send('users', { method: 'PUT', path, body });
  return [
    { name: 'users.createUser', title: '`POST /users`', run: () => create('/users')('ada') },
    { name: 'users.addUser', title: '`POST /add_user`', run: () => create('/add_user')('grace') },
    {
      name: 'users.listUsers',
      title: `\`GET /users\`, a page of ${page}`,
      prepare: () => times(page, (index) => create('/users')(`user-${index}`)),
      run: () => api.send('users', { method: 'GET', path: `/users?userType=CUSTOMER&limit=${page}` }),
    },
    {
      name: 'users.getUser',
      title: '`GET /users/{username}`',
      run: () => api.send('users', { method: 'GET', path: '/users/ada' }),
    },
    { name: 'users.changeUser', title: '`PUT /users/{username}`, name', run: put('/users/ada', { name: 'Ada King' }) },
    {
      name: 'users.changeUser.email',
      title: '`PUT /users/{username}`, e-mail',
      run: put('/users/ada', { email: 'ada@example.org' }),
    },
    {
      name: 'users.setAddress',
      title: '`PUT /users/{username}/address`',
      run: put('/users/ada/address', { address: '12 St James Square, London' }),
    },
    {
      name: 'users.editAddress',
      title: '`POST /edit-address`',
      run: () =>
        api.send('users', { method: 'POST', path: '/edit-address?username=ada&new_address=12%20St%20James%20Square' }),
    },
    {
      name: 'users.deleteUser',
      title: '`DELETE /users/{username}`, without orders',
      run: () => api.send('users', { method: 'DELETE', path: '/users/grace' }),
    },
  ];
}

function ordersOperations({ api }: Controls): readonly Operation[] {
  const place = (headers: Readonly<Record<string, string>> = {}) =>
    api.send('orders', {
      method: 'POST',
      path: '/orders',
      headers,
      body: { username: 'ada', amount: 19.99, numItems: 2 },
    });
  let path = '';
  return [
    {
      name: 'orders.placeOrder',
      title: '`POST /orders`, with its notification',
      run: async () => {
        path = `/orders/${orderSchema.parse((await place()).body).data.OrderId}`;
      },
    },
    {
      name: 'orders.placeOrder.key',
      title: '`POST /orders` with an `Idempotency-Key`, and its notification',
      run: () => place({ 'idempotency-key': randomUUID() }),
    },
    {
      name: 'orders.listOrders',
      title: `\`GET /orders\`, a page of ${ordersPage}`,
      prepare: () => times(ordersPage, () => place()),
      run: () => api.send('orders', { method: 'GET', path: '/orders?username=ada' }),
    },
    {
      name: 'orders.getOrder',
      title: '`GET /orders/{order_id}`',
      run: () => api.send('orders', { method: 'GET', path: `${path}?username=ada` }),
    },
    {
      name: 'orders.updateOrder',
      title: '`PUT /orders/{order_id}`, with its notification',
      run: () => api.send('orders', { method: 'PUT', path, body: { username: 'ada', status: 'CANCEL' } }),
    },
    {
      name: 'orders.deleteOrder',
      title: '`DELETE /orders/{order_id}`',
      run: () => api.send('orders', { method: 'DELETE', path: `${path}?username=ada` }),
    },
    { name: 'notifications.announceOrder', title: 'the notification of an order', run: () => place(), behind: 'pipe' },
  ];
}

function productsOperations({ api }: Controls): readonly Operation[] {
  const product = {
    name: 'Watering can',
    description: 'Ten litres, galvanised',
    category: 'garden-tools',
    price: { amount: 1999, currency: 'EUR' },
  };
  const create = () => api.send('products', { method: 'POST', path: '/products', body: product });
  let path = '';
  let etag = '';
  return [
    {
      name: 'products.createProduct',
      title: '`POST /products`',
      run: async () => {
        const { headers, body } = await create();
        path = `/products/${idSchema.parse(body).id}`;
        etag = headers.get('etag') ?? '';
      },
    },
    {
      name: 'products.listProducts',
      title: `\`GET /products\`, a page of ${page}`,
      prepare: () => times(page, create),
      run: () => api.send('products', { method: 'GET', path: '/products' }),
    },
    {
      name: 'products.getProduct',
      title: '`GET /products/{productId}`',
      run: () => api.send('products', { method: 'GET', path }),
    },
    {
      name: 'products.replaceProduct',
      title: '`PUT /products/{productId}`',
      run: async () => {
        const body = { ...product, price: { amount: 1799, currency: 'EUR' } };
        const { headers } = await api.send('products', { method: 'PUT', path, body, headers: { 'if-match': etag } });
        etag = headers.get('etag') ?? '';
      },
    },
    {
      name: 'products.deleteProduct',
      title: '`DELETE /products/{productId}`',
      run: () => api.send('products', { method: 'DELETE', path, headers: { 'if-match': etag } }),
    },
  ];
}

async function times(count: number, run: (index: number) => Promise<unknown>): Promise<void> {
  for (let index = 0; index < count; index += 1) await run(index);
}
