import * as z from 'zod';
import type { AwsClient } from '../core/aws-client.ts';
import { AwsError } from '../core/aws-error.ts';
import { type Clock, sleep } from '../core/clock.ts';
import type { JsonObject } from '../core/json.ts';

export const queueArn = 'arn:aws:sqs:us-east-1:000000000000:queue';

type Message = { id: string; body: string; visibleAt: number; receives: number; handle: string; group?: string };

const receiveSchema = z.object({ MaxNumberOfMessages: z.number().max(10), WaitTimeSeconds: z.number() });
const deleteSchema = z.object({
  Entries: z
    .array(z.object({ Id: z.string(), ReceiptHandle: z.string() }))
    .min(1)
    .max(10),
});

/** SQS as a pure model on a manual clock: visibility, redrive, long polling, message groups. */
export class ModelQueue {
  readonly clock: Clock;
  readonly visibilityMs: number;
  readonly maxReceiveCount: number;
  readonly calls: string[] = [];
  readonly deleted: string[] = [];
  readonly deadLetters: string[] = [];
  /** Makes the next calls of an action fail. */
  readonly failures = new Map<string, AwsError>();
  #messages: Message[] = [];
  #arrivals: (() => void)[] = [];
  #handles = 0;

  constructor(clock: Clock, visibilityMs: number, maxReceiveCount = Number.POSITIVE_INFINITY) {
    this.clock = clock;
    this.visibilityMs = visibilityMs;
    this.maxReceiveCount = maxReceiveCount;
  }

  get size(): number {
    return this.#messages.length;
  }

  send(id: string, body = id, group?: string): void {
    this.#messages.push({ id, body, visibleAt: 0, receives: 0, handle: '', ...(group !== undefined && { group }) });
    for (const arrived of this.#arrivals.splice(0)) arrived();
  }

  readonly aws: AwsClient = async ({ action, input }) => {
    this.calls.push(action);
    const failure = this.failures.get(action);
    if (failure !== undefined) throw failure;
    switch (action) {
      case 'ReceiveMessage':
        return this.#receive(input);
      case 'DeleteMessageBatch':
        return this.#delete(input);
      default:
        throw new AwsError('InvalidAction', action);
    }
  };

  async #receive(input: JsonObject): Promise<JsonObject> {
    const { MaxNumberOfMessages: max, WaitTimeSeconds: wait } = receiveSchema.parse(input);
    const deadline = this.clock.now() + wait * 1000;
    let messages = this.#take(max);
    while (messages.length === 0 && this.clock.now() < deadline) {
      const waking = new AbortController();
      this.#arrivals.push(() => waking.abort());
      const due = this.#messages.map(({ visibleAt }) => visibleAt).filter((at) => at > this.clock.now());
      await sleep(this.clock, Math.min(deadline, ...due) - this.clock.now(), waking.signal);
      messages = this.#take(max);
    }
    return {
      Messages: messages.map(({ id, body, handle, receives }) => ({
        MessageId: id,
        ReceiptHandle: handle,
        Body: body,
        MD5OfBody: 'md5',
        Attributes: { ApproximateReceiveCount: String(receives) },
      })),
    };
  }

  #take(max: number): Message[] {
    const taken: Message[] = [];
    for (const message of [...this.#messages]) {
      if (taken.length === max) break;
      if (message.visibleAt > this.clock.now() || this.#isBehindItsGroup(message, taken)) continue;
      if (message.receives >= this.maxReceiveCount) {
        this.#messages = this.#messages.filter((other) => other !== message);
        this.deadLetters.push(message.id);
        continue;
      }
      message.receives += 1;
      message.visibleAt = this.clock.now() + this.visibilityMs;
      message.handle = `handle-${this.#handles++}`;
      taken.push(message);
    }
    return taken;
  }

  #isBehindItsGroup(message: Message, taken: readonly Message[]): boolean {
    if (message.group === undefined) return false;
    const earlier = this.#messages.slice(0, this.#messages.indexOf(message));
    return earlier.some(
      (other) => other.group === message.group && other.visibleAt > this.clock.now() && !taken.includes(other),
    );
  }

  #delete(input: JsonObject): JsonObject {
    const handles = new Set(deleteSchema.parse(input).Entries.map(({ ReceiptHandle }) => ReceiptHandle));
    const gone = this.#messages.filter(({ handle }) => handles.has(handle));
    this.deleted.push(...gone.map(({ id }) => id));
    this.#messages = this.#messages.filter((message) => !gone.includes(message));
    for (const arrived of this.#arrivals.splice(0)) arrived();
    return { Failed: [] };
  }
}
