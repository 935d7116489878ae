import * as z from 'zod';
import type { FaultInput } from '../console/api-types.ts';
import { nodesSchema, type TestTrace, testTrace, traceSchema } from './trace.ts';

const idleSchema = z.object({
  isIdle: z.boolean(),
  busy: z.array(z.object({ kind: z.string(), name: z.string(), reason: z.string() })),
});
const stackSchema = z.object({ name: z.string(), status: z.string(), outputs: z.record(z.string(), z.string()) });
const apisSchema = z.array(z.object({ stack: z.string(), logicalId: z.string(), stage: z.string(), url: z.string() }));
const foundSchema = z.object({ rows: z.array(z.tuple([z.string()])) });
const errorSchema = z.object({ message: z.string() });

/** Work that an endpoint has accepted and not finished. */
export type BusyPart = z.infer<typeof idleSchema>['busy'][number];
/** A stage of an API of a stack, with the address that clients use. */
export type ApiAddress = z.infer<typeof apisSchema>[number];
export type TestStack = z.infer<typeof stackSchema>;

/** Calls the control API of the endpoint at `url`. */
export class ControlClient {
  readonly #url: string;

  constructor(url: string) {
    this.#url = url.replace(/\/$/, '');
  }

  async reset(): Promise<void> {
    await this.#send('POST', '/_local/api/reset', {});
  }

  async advanceClock(advanceMs: number): Promise<void> {
    await this.#send('POST', '/_local/api/clock', { advanceMs });
  }

  /** The work that is left after `waitMs`, or none as soon as there is none. */
  async waitForIdle(waitMs: number): Promise<readonly BusyPart[]> {
    return idleSchema.parse(await this.#send('GET', `/_local/api/idle?waitMs=${waitMs}`)).busy;
  }

  async errors(): Promise<readonly string[]> {
    return z.object({ errors: z.array(z.string()) }).parse(await this.#send('GET', '/_local/api/errors')).errors;
  }

  async addFault(fault: FaultInput): Promise<void> {
    await this.#send('POST', '/_local/api/faults', fault);
  }

  async removeFaults(): Promise<void> {
    await this.#send('DELETE', '/_local/api/faults');
  }

  /** The trace of the request with this id. @throws Error when it is not kept */
  async traceOf(requestId: string): Promise<TestTrace> {
    const sql = 'SELECT trace_id FROM spans WHERE request_id = ? LIMIT 1';
    const { rows } = foundSchema.parse(await this.#send('POST', '/_local/api/query', { sql, parameters: [requestId] }));
    const traceId = rows[0]?.[0];
    if (traceId === undefined) throw new Error(`The endpoint keeps no trace of the request ${requestId}.`);
    const trace = traceSchema.parse(await this.#send('GET', `/_local/api/traces/${traceId}`));
    return testTrace(trace, nodesSchema.parse(await this.#send('GET', '/_local/api/topology')));
  }

  async apis(): Promise<readonly ApiAddress[]> {
    return apisSchema.parse(await this.#send('GET', '/_local/apis'));
  }

  async deploy(
    name: string,
    template: object | string,
    parameters: Readonly<Record<string, string>>,
  ): Promise<TestStack> {
    return stackSchema.parse(
      await this.#send('PUT', `/_local/api/stacks/${encodeURIComponent(name)}`, { template, parameters }),
    );
  }

  async #send(method: string, path: string, body?: object): Promise<unknown> {
    const response = await fetch(this.#url + path, {
      method,
      ...(method !== 'GET' && { headers: { 'content-type': 'application/json' } }),
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (response.ok) return text === '' ? undefined : JSON.parse(text);
    throw new Error(`${method} ${path} was answered with ${response.status}: ${messageIn(text)}`);
  }
}

function messageIn(text: string): string {
  try {
    return errorSchema.parse(JSON.parse(text)).message;
  } catch {
    return text;
  }
}
