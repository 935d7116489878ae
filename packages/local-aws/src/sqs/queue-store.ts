import { accountId, arn } from '../core/arn.ts';
import type { Clock } from '../core/clock.ts';
import { NameIndex, type NamePage, type NameQuery } from '../core/name-index.ts';
import { noObserver, type Observer } from '../core/observer.ts';
import type { StateStore } from '../core/state-store.ts';
import { Deduplication } from './deduplication.ts';
import { KeptQueues } from './kept-queue.ts';
import { Queue, type QueueContext } from './queue.ts';
import type { QueueAttributes } from './queue-attributes.ts';
import { queueDoesNotExist } from './sqs-error.ts';

export type QueueStoreOptions = {
  readonly clock: Clock;
  readonly state: StateStore;
  /** The endpoint as its clients reach it, such as `http://localhost:4566`. */
  readonly endpointUrl: () => string;
  readonly observer?: Observer;
};

/** All queues, by name: one account, and one set of names for all regions. */
export class QueueStore {
  readonly clock: Clock;
  readonly observer: Observer;
  readonly #endpointUrl: () => string;
  readonly #queues = new NameIndex<Queue>();
  readonly #context: QueueContext;

  constructor({ clock, state, endpointUrl, observer = noObserver }: QueueStoreOptions) {
    this.observer = observer;
    this.clock = clock;
    this.#endpointUrl = endpointUrl;
    const kept = new KeptQueues(state);
    const deduplication = new Deduplication(clock, state, 'sqs/deduplication');
    this.#context = { clock, queueByArn: (queueArn) => this.byArn(queueArn), deduplication, kept, observer };
    const { queues, messages, sequences } = kept.load();
    for (const { identity, attributes, tags } of queues) {
      const { name } = identity;
      const queue = new Queue(identity, attributes, tags, this.#context);
      this.#queues.set(name, queue);
      queue.restore(messages.get(name) ?? [], sequences.get(name) ?? 0);
    }
  }

  create(name: string, region: string, attributes: QueueAttributes, tags: Readonly<Record<string, string>>): Queue {
    const identity = { name, arn: arn('sqs', region, name), createdAt: this.clock.now() };
    const queue = new Queue(identity, attributes, tags, this.#context);
    this.#queues.set(name, queue);
    queue.keep();
    return queue;
  }

  delete(queue: Queue): void {
    queue.close();
    queue.forget();
    this.#queues.delete(queue.identity.name);
  }

  /** In the order of their names. */
  all(): Queue[] {
    return [...this.#queues.values()];
  }

  /** A page of the queues, in the order of their names. */
  page(query: NameQuery<Queue>): NamePage<Queue> {
    return this.#queues.page(query);
  }

  byName(name: string): Queue | undefined {
    return this.#queues.get(name);
  }

  byArn(queueArn: string): Queue | undefined {
    const queue = this.#queues.get(queueArn.split(':')[5] ?? '');
    return queue?.identity.arn === queueArn ? queue : undefined;
  }

  /** Whatever host it names: clients in containers and browsers know the endpoint by other names. @throws AwsError */
  byUrl(url: string): Queue {
    const name = /^(?:https?:\/\/[^/]+\/)?\/?(?:\d{12}\/)?([\w.-]+)\/?$/.exec(url)?.[1] ?? '';
    const queue = this.#queues.get(name);
    if (queue === undefined) throw queueDoesNotExist();
    queue.used();
    return queue;
  }

  urlOf({ identity }: Queue): string {
    return `${this.#endpointUrl()}/${accountId}/${identity.name}`;
  }

  setTags(queue: Queue, tags: Readonly<Record<string, string>>): void {
    for (const [key, value] of Object.entries(tags)) queue.tags.set(key, value);
    queue.keep();
  }

  removeTags(queue: Queue, keys: readonly string[]): void {
    for (const key of keys) queue.tags.delete(key);
    queue.keep();
  }

  close(): void {
    for (const queue of this.#queues.values()) queue.close();
  }
}
