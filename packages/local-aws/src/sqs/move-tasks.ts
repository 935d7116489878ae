import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import type { Timer } from '../core/clock.ts';
import type { Collection, StateStore } from '../core/state-store.ts';
import type { Message } from './message.ts';
import type { Queue } from './queue.ts';
import type { QueueStore } from './queue-store.ts';

/** The most messages that AWS moves in a second. */
export const maxMoveRate = 500;
/** Tasks that are kept of each queue. */
export const keptMoveTasks = 10;

const moveTaskSchema = z.object({
  handle: z.string(),
  sourceArn: z.string(),
  destinationArn: z.string().optional(),
  rate: z.number().optional(),
  startedAt: z.number(),
  toMove: z.number(),
  status: z.enum(['RUNNING', 'COMPLETED', 'CANCELLED', 'FAILED']),
  moved: z.number(),
  failureReason: z.string().optional(),
});
export type MoveTask = z.infer<typeof moveTaskSchema> & { timer?: Timer };

/** The tasks that move messages of dead-letter queues back to their source queues, or to another queue. */
export class MoveTasks {
  readonly #queues: QueueStore;
  readonly #kept: Collection<MoveTask>;
  /** Newest first. */
  #tasks: MoveTask[];

  /** Continues the tasks that a restart interrupted. */
  constructor(queues: QueueStore, state: StateStore) {
    this.#queues = queues;
    this.#kept = state.collection('sqs/move-tasks', moveTaskSchema);
    this.#tasks = [...this.#kept.entries()]
      .map(([, task]) => task)
      .sort((left, right) => right.startedAt - left.startedAt);
    for (const task of this.running()) this.#stepSoon(task, 0);
  }

  /** Those of one queue, newest first. */
  of(sourceArn: string): readonly MoveTask[] {
    return this.#tasks.filter((task) => task.sourceArn === sourceArn);
  }

  find(handle: string): MoveTask | undefined {
    return this.#tasks.find((task) => task.handle === handle);
  }

  running(): readonly MoveTask[] {
    return this.#tasks.filter(({ status }) => status === 'RUNNING');
  }

  start(source: Queue, { destinationArn, rate }: Pick<MoveTask, 'destinationArn' | 'rate'>): MoveTask {
    const sourceArn = source.identity.arn;
    const task: MoveTask = {
      handle: Buffer.from(JSON.stringify({ taskId: randomUUID(), sourceArn })).toString('base64'),
      sourceArn,
      destinationArn,
      rate,
      startedAt: this.#queues.clock.now(),
      toMove: source.counts().ready,
      status: 'RUNNING',
      moved: 0,
    };
    this.#forgetOld(sourceArn);
    this.#tasks.unshift(task);
    this.#keep(task);
    this.#stepSoon(task, 0);
    return task;
  }

  cancel(task: MoveTask): void {
    task.timer?.cancel();
    task.status = 'CANCELLED';
    this.#keep(task);
  }

  /** Ends and forgets all tasks. */
  clear(): void {
    for (const { timer, handle } of this.#tasks) {
      timer?.cancel();
      this.#kept.delete(handle);
    }
    this.#tasks = [];
  }

  #step(task: MoveTask): void {
    const source = this.#queues.byArn(task.sourceArn);
    const messages = source?.takeForMove(Math.min(task.rate ?? maxMoveRate, task.toMove - task.moved)) ?? [];
    for (const [at, message] of messages.entries()) {
      const destination = this.#queues.byArn(task.destinationArn ?? message.deadLetterSourceArn ?? '');
      if (destination === undefined) {
        for (const left of messages.slice(at)) source?.accept(left, 0, undefined);
        fail(task, message);
        this.#keep(task);
        return;
      }
      this.#queues.observer.moved({
        mechanism: 'redrive',
        messageId: message.id,
        fromArn: task.sourceArn,
        toArn: destination.identity.arn,
        receiveCount: 0,
      });
      destination.accept(asNew(message), 0, undefined);
      task.moved += 1;
    }
    if (messages.length === 0 || task.moved >= task.toMove) task.status = 'COMPLETED';
    // Without a rate of its own a task may go as fast as it can.
    else this.#stepSoon(task, task.rate === undefined ? 0 : 1000);
    this.#keep(task);
  }

  #stepSoon(task: MoveTask, delay: number): void {
    task.timer = this.#queues.clock.schedule(() => this.#step(task), delay);
  }

  #keep({ timer: _timer, ...task }: MoveTask): void {
    this.#kept.put(task.handle, task);
  }

  #forgetOld(sourceArn: string): void {
    const finished = this.of(sourceArn).filter(({ status }) => status !== 'RUNNING');
    for (const old of finished.slice(keptMoveTasks - 1)) {
      this.#tasks.splice(this.#tasks.indexOf(old), 1);
      this.#kept.delete(old.handle);
    }
  }
}

function fail(task: MoveTask, { deadLetterSourceArn }: Message): void {
  task.status = 'FAILED';
  task.failureReason = deadLetterSourceArn
    ? 'AWS.SimpleQueueService.NonExistentQueue'
    : 'CouldNotDetermineMessageSource';
}

/** A moved message begins anew: it no longer tells which queue gave up on it. */
function asNew({ deadLetterSourceArn: _source, ...message }: Message): Message {
  return message;
}
