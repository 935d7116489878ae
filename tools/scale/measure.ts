import * as z from 'zod';
import type { RunningEndpoint } from '../bench/running-endpoint.ts';
import type { MeasuredOperation, Quotas } from './model.ts';
import { type Operation, operations, type Send, users } from './operations.ts';
import { splitByKey, type Usage, usesBetween, withFullBatches } from './usage.ts';

const limitsSchema = z.object({
  quotas: z.record(z.string(), z.unknown()),
  usages: z.array(z.object({ quota: z.string(), resource: z.string(), used: z.number(), refused: z.number() })),
});
const quotaSchema = z.object({ rate: z.number(), burst: z.number() });

/** The quotas of an endpoint that was started with `--limits`, and what was used of them. */
export async function readLimits(url: string): Promise<{ quotas: Quotas; usages: readonly Usage[] }> {
  const { quotas, usages } = limitsSchema.parse(await (await fetch(`${url}/_local/limits`)).json());
  const rates = Object.entries(quotas).flatMap(([name, quota]) => {
    const parsed = quotaSchema.safeParse(quota);
    return parsed.success ? [[name, parsed.data] as const] : [];
  });
  return { quotas: Object.fromEntries(rates), usages };
}

/** Sends the requests of a user to the services of an endpoint. */
export type SendAs = (user: number) => Send;

/** @param hasTokens whether each user sends a token, as with `auth=jwt` */
export async function sender(
  { endpointOf, url }: RunningEndpoint,
  services: readonly string[],
  hasTokens = false,
): Promise<SendAs> {
  const bases = new Map<string, string>();
  for (const service of services) bases.set(service, await endpointOf(service));
  const tokens = hasTokens ? await Promise.all(Array.from({ length: users }, (_, user) => tokenOf(url, user))) : [];
  return (user) => async (service, method, path, body) => {
    const token = tokens[user % users];
    const answer = await fetch(`${bases.get(service)}${path}`, {
      method,
      headers: {
        'content-type': 'application/json',
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    return { status: answer.status, body: text === '' ? undefined : JSON.parse(text) };
  };
}

async function tokenOf(url: string, user: number): Promise<string> {
  const scopes = 'tasks/read,tasks/write,planner/read';
  const query = new URLSearchParams({ sub: `user-${user}`, audience: 'serverless-microservices', scopes });
  const answer = await fetch(`${url}/_local/oidc/token?${query}`);
  return z.object({ access_token: z.string() }).parse(await answer.json()).access_token;
}

/** Counts what an average request of each operation uses, and all that follows from it. */
export async function measureOperations(
  endpoint: RunningEndpoint,
  { send, services, batchSizeOf }: Measured,
): Promise<readonly MeasuredOperation[]> {
  const measured: MeasuredOperation[] = [];
  for (const operation of operations.filter(({ service }) => services.includes(service))) {
    // The first requests of each user make what later operations read.
    await sendAll(operation, send, 0);
    await untilIdle(endpoint.url);
    const before = (await readLimits(endpoint.url)).usages;
    await sendAll(operation, send, users);
    await untilIdle(endpoint.url);
    const uses = usesBetween(before, (await readLimits(endpoint.url)).usages, users);
    const { service, name, share } = operation;
    const { shared, perUser } = splitByKey(withFullBatches(uses, batchSizeOf), users);
    measured.push({ service, name, share, uses: shared, perUser });
  }
  return measured;
}

type Measured = {
  readonly send: SendAs;
  /** Those whose operations are measured. */
  readonly services: readonly string[];
  /** Of the records of a function that consumes them; 1 of others. */
  readonly batchSizeOf: (functionName: string) => number;
};

async function sendAll({ name, request }: Operation, send: SendAs, from: number): Promise<void> {
  for (let user = from; user < from + users; user++) {
    const { status, body } = await request(send(user), user);
    // A user may not have the friend or the status yet that it asks for.
    if (status >= 400 && status !== 404) throw new Error(`${name} answered ${status}: ${JSON.stringify(body)}`);
  }
}

async function untilIdle(url: string): Promise<void> {
  const answer = await fetch(`${url}/_local/api/idle?waitMs=30000`);
  const { isIdle, busy } = z.object({ isIdle: z.boolean(), busy: z.unknown() }).parse(await answer.json());
  if (!isIdle) throw new Error(`The endpoint is not idle: ${JSON.stringify(busy)}`);
}
