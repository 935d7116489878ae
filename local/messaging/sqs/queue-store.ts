import { accountId, arn } from '../../core/arn.ts';
import type { Clock } from '../../core/clock.ts';
import type { StateStore } from '../../core/state-store.ts';
import { keptQueues } from './kept-queue.ts';
import { Queue, type QueueContext } from './queue.ts';
import type { QueueAttributes } from './queue-attributes.ts';
import { queueDoesNotExist } from './sqs-error.ts';

const document = 'sqs';

export type QueueStoreOptions = {
  readonly clock: Clock;
  readonly state: StateStore;
  /** The endpoint as its clients reach it, such as `http://localhost:4566`. */
  readonly endpointUrl: () => string;
};

/** All queues, by name: one account, and one set of names for all regions. */
export class QueueStore {
  readonly clock: Clock;
  readonly #state: StateStore;
  readonly #endpointUrl: () => string;
  readonly #queues = new Map<string, Queue>();
  readonly #context: QueueContext;

  constructor({ clock, state, endpointUrl }: QueueStoreOptions) {
    this.clock = clock;
    this.#state = state;
    this.#endpointUrl = endpointUrl;
    this.#context = { clock, queueByArn: (queueArn) => this.byArn(queueArn), changed: () => this.#changed() };
    for (const { identity, attributes, tags, ...contents } of keptQueues.parse(state.read(document) ?? [])) {
      const queue = new Queue(identity, attributes, tags, this.#context);
      this.#queues.set(identity.name, queue);
      queue.restore(contents);
    }
  }

  create(name: string, region: string, attributes: QueueAttributes, tags: Readonly<Record<string, string>>): Queue {
    const identity = { name, arn: arn('sqs', region, name), createdAt: this.clock.now() };
    const queue = new Queue(identity, attributes, tags, this.#context);
    this.#queues.set(name, queue);
    this.#changed();
    return queue;
  }

  delete(queue: Queue): void {
    queue.close();
    this.#queues.delete(queue.identity.name);
    this.#changed();
  }

  /** In the order of their names. */
  all(): Queue[] {
    return [...this.#queues.values()].sort((a, b) => (a.identity.name < b.identity.name ? -1 : 1));
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
    const name = /^(?:https?:\/\/[^/]+\/)?\/?(?:\d{12}\/)?([\w.-]+)$/.exec(url)?.[1] ?? '';
    const queue = this.#queues.get(name);
    if (queue === undefined) throw queueDoesNotExist();
    return queue;
  }

  urlOf({ identity }: Queue): string {
    return `${this.#endpointUrl()}/${accountId}/${identity.name}`;
  }

  setTags(queue: Queue, tags: Readonly<Record<string, string>>): void {
    for (const [key, value] of Object.entries(tags)) queue.tags.set(key, value);
    this.#changed();
  }

  removeTags(queue: Queue, keys: readonly string[]): void {
    for (const key of keys) queue.tags.delete(key);
    this.#changed();
  }

  close(): void {
    for (const queue of this.#queues.values()) queue.close();
  }

  #changed(): void {
    this.#state.changed(document, () => JSON.parse(JSON.stringify(this.all().map(toKept))));
  }
}

function toKept(queue: Queue): object {
  const { identity, attributes, tags } = queue;
  return { identity, attributes, tags: Object.fromEntries(tags), ...queue.kept() };
}
