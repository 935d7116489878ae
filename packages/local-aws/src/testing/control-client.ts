import * as z from 'zod';

const idleSchema = z.object({
  isIdle: z.boolean(),
  busy: z.array(z.object({ kind: z.string(), name: z.string(), reason: z.string() })),
});
const stackSchema = z.object({ name: z.string(), status: z.string(), outputs: z.record(z.string(), z.string()) });
const apisSchema = z.array(z.object({ stack: z.string(), logicalId: z.string(), stage: z.string(), url: z.string() }));
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
      ...(body !== undefined && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
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
