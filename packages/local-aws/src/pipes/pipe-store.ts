import { randomUUID } from 'node:crypto';
import { arn, parseArn } from '../core/arn.ts';
import { AwsError } from '../core/aws-error.ts';
import { sleep } from '../core/clock.ts';
import { Mirror } from '../core/mirror.ts';
import type { PendingWork } from '../core/pending-work.ts';
import type { StateStore } from '../core/state-store.ts';
import { CheckpointStore } from '../event-sources/checkpoint-store.ts';
import type { Consumers, FindStreamEnd } from '../event-sources/consumers.ts';
import { PollerSwitch } from '../event-sources/poller-switch.ts';
import { queueUrl } from '../event-sources/queue-client.ts';
import type { Poller, Report } from '../event-sources/source.ts';
import { isStreamOf, sourceKind, sourceName } from '../event-sources/source-kind.ts';
import { type PipeRuntime, pipePrincipal } from './execution.ts';
import { type Pipe, pipeSchema } from './pipe.ts';
import { checkPipe, invalid, type PipeSettings } from './pipe-settings.ts';
import { runPipe } from './run-pipe.ts';

export type PipeStoreOptions = Omit<PipeRuntime, 'checkpoints'> & {
  readonly state: StateStore;
  /** Resolves once functions can reach the endpoint: nothing is polled before. */
  readonly opened?: Promise<void>;
  /** Whether the service may assume a role for a pipe of this ARN; */
  readonly mayAssume: (roleArn: string, pipeArn: string) => boolean;
};
export type NewPipe = PipeSettings & { readonly Name: string; readonly Tags?: Record<string, string> | undefined };
/** What is left out stays as it is. */
export type PipeChange = { readonly [K in keyof Omit<PipeSettings, 'Source'>]?: PipeSettings[K] | undefined };

type Entry = { pipe: Pipe; poller: Poller | undefined; transition: Promise<void> };

/** How long a pipe shows `CREATING`, `UPDATING` and the like. */
const transitionMs = 10;

/** The pipes, their states, and the pollers of the running ones. */
export class PipeStore implements Consumers {
  readonly #options: PipeStoreOptions & PipeRuntime;
  readonly #entries = new Map<string, Entry>();
  readonly #pollers = new PollerSwitch(() => this.#entries.values());
  readonly #mirror: Mirror<Pipe>;

  constructor(options: PipeStoreOptions) {
    this.#options = { ...options, checkpoints: new CheckpointStore(options.state, 'pipes') };
    const pipes = () => new Map(this.list().map((pipe) => [pipe.Name, pipe]));
    this.#mirror = new Mirror(options.state, 'pipes/pipes', pipeSchema, pipes);
    for (const pipe of this.#mirror.kept().values()) {
      if (pipe.currentState === 'DELETING') continue;
      const entry: Entry = { pipe, poller: undefined, transition: Promise.resolve() };
      this.#entries.set(pipe.Name, entry);
      this.#settle(entry, pipe.currentState, 'START_FAILED');
    }
  }

  list(): Pipe[] {
    return [...this.#entries.values()].map(({ pipe }) => pipe).sort((a, b) => (a.Name < b.Name ? -1 : 1));
  }

  checkpointsOf(name: string): Readonly<Record<string, string>> {
    const id = this.#entries.get(name)?.pipe.id;
    return id === undefined ? {} : this.#options.checkpoints.list(id);
  }

  /** @throws AwsError NotFoundException */
  get(name: string): Pipe {
    return this.#entry(name).pipe;
  }

  /** Resolves when the pipe has no transition under way. */
  async settled(name: string): Promise<void> {
    await this.#entries.get(name)?.transition;
  }

  create({ Name, Tags = {}, ...settings }: NewPipe, region: string): Pipe {
    if (!/^[\w.-]{1,64}$/.test(Name)) throw invalid(`The pipe name ${Name} is not valid.`);
    checkPipe(settings);
    if (this.#entries.has(Name)) throw new AwsError('ConflictException', `Pipe ${Name} already exists.`, 409);
    const now = this.#options.clock.now();
    const pipe: Pipe = {
      ...settings,
      Name,
      Arn: arn('pipes', region, `pipe/${Name}`),
      Tags,
      id: randomUUID(),
      desiredState: settings.DesiredState ?? 'RUNNING',
      currentState: 'CREATING',
      stateReason: '',
      createdAt: now,
      modifiedAt: now,
    };
    const entry: Entry = { pipe, poller: undefined, transition: Promise.resolve() };
    this.#entries.set(Name, entry);
    this.#settle(entry, 'CREATING', 'CREATE_FAILED');
    return entry.pipe;
  }

  update(name: string, change: PipeChange): Pipe {
    const { pipe } = this.#entry(name);
    const { SourceParameters: before } = pipe;
    const { SourceParameters: after } = change;
    // The starting position cannot change, so that an update does not tell it.
    const stream = { ...before?.DynamoDBStreamParameters, ...after?.DynamoDBStreamParameters };
    const isStream = before?.DynamoDBStreamParameters !== undefined;
    return this.#reconfigure(name, {
      ...pipe,
      ...change,
      RoleArn: change.RoleArn ?? pipe.RoleArn,
      Target: change.Target ?? pipe.Target,
      SourceParameters: after && isStream ? { ...after, DynamoDBStreamParameters: stream } : (after ?? before),
      desiredState: change.DesiredState ?? pipe.desiredState,
    });
  }

  /** Like `update`, but what is left out goes back to its default. */
  replace(name: string, settings: PipeSettings, Tags: Record<string, string>): Pipe {
    const { Name, Arn, id, currentState, stateReason, createdAt, modifiedAt } = this.get(name);
    const kept = { Name, Arn, id, currentState, stateReason, createdAt, modifiedAt };
    return this.#reconfigure(name, { ...settings, ...kept, Tags, desiredState: settings.DesiredState ?? 'RUNNING' });
  }

  setDesiredState(name: string, desiredState: 'RUNNING' | 'STOPPED'): Pipe {
    const entry = this.#entry(name);
    refuseWhileBusy(entry.pipe);
    entry.pipe = { ...entry.pipe, desiredState };
    this.#settle(entry, desiredState === 'RUNNING' ? 'STARTING' : 'STOPPING', 'START_FAILED');
    return entry.pipe;
  }

  delete(name: string): Pipe {
    const entry = this.#entry(name);
    refuseWhileBusy(entry.pipe);
    this.#settle(entry, 'DELETING', 'START_FAILED');
    return entry.pipe;
  }

  setTags(pipeArn: string, change: (tags: Record<string, string>) => Record<string, string>): Pipe {
    const entry = this.#entry(parseArn(pipeArn)?.resource.replace(/^pipe\//, '') ?? pipeArn);
    entry.pipe = { ...entry.pipe, Tags: change(entry.pipe.Tags) };
    this.#changed();
    return entry.pipe;
  }

  nudge(tableNames?: readonly string[]): void {
    for (const { pipe, poller } of this.#entries.values()) if (isStreamOf(pipe.Source, tableNames)) poller?.nudge();
  }

  queues(): readonly string[] {
    return this.list()
      .filter(({ Source, currentState }) => sourceKind(Source) === 'queue' && currentState === 'RUNNING')
      .map(({ Source }) => Source);
  }

  pending(): readonly PendingWork[] {
    return [...this.#entries.values()].flatMap(({ pipe: { Name, Source, currentState }, poller }): PendingWork[] => {
      if (isChanging(currentState)) return [{ kind: 'consumer', name: Name, reason: currentState }];
      const reason = poller?.pending();
      return reason === undefined ? [] : [{ kind: 'stream', name: `${sourceName(Source)} → pipe ${Name}`, reason }];
    });
  }

  pause(): Promise<void> {
    return this.#pollers.pause();
  }

  resume(endOf: FindStreamEnd = () => undefined): Promise<void> {
    const { checkpoints, clock } = this.#options;
    return this.#pollers.resume(async (entry) => {
      const { id, Source, currentState } = entry.pipe;
      const end = endOf(Source);
      if (end !== undefined) checkpoints.of(id).skipTo(end.shardId, end.sequenceNumber, clock.now());
      if (currentState === 'RUNNING') await this.#start(entry, 'START_FAILED');
    });
  }

  close(): void {
    this.#pollers.close();
  }

  #reconfigure(name: string, next: Pipe): Pipe {
    const entry = this.#entry(name);
    refuseWhileBusy(entry.pipe);
    checkPipe(next);
    entry.pipe = { ...next, modifiedAt: this.#options.clock.now() };
    this.#settle(entry, 'UPDATING', 'UPDATE_FAILED');
    return entry.pipe;
  }

  #settle(entry: Entry, during: Pipe['currentState'], failed: Pipe['currentState']): void {
    entry.pipe = { ...entry.pipe, currentState: during, stateReason: '' };
    this.#changed();
    entry.transition = this.#carryOut(entry, during === 'DELETING', failed);
  }

  async #carryOut(entry: Entry, isDeletion: boolean, failed: Pipe['currentState']): Promise<void> {
    await entry.poller?.stop();
    entry.poller = undefined;
    await sleep(this.#options.clock, transitionMs);
    await this.#options.opened;
    const { Name, id, desiredState } = entry.pipe;
    if (isDeletion) {
      this.#entries.delete(Name);
      this.#options.checkpoints.forget(id);
    } else if (desiredState === 'STOPPED') entry.pipe = { ...entry.pipe, currentState: 'STOPPED' };
    else if (!this.#pollers.isClosed) await this.#start(entry, failed);
    this.#changed();
  }

  async #start(entry: Entry, failed: Pipe['currentState']): Promise<void> {
    const report: Report = (result) => {
      entry.pipe = { ...entry.pipe, stateReason: result === 'OK' ? '' : result };
    };
    try {
      this.#checkRole(entry.pipe);
      await this.#checkSource(entry.pipe);
    } catch (error) {
      const stateReason = error instanceof Error ? error.message : String(error);
      entry.pipe = { ...entry.pipe, currentState: failed, stateReason };
      return;
    }
    if (!this.#pollers.isPaused) {
      entry.poller = runPipe(entry.pipe, this.#options, report);
      await entry.poller.ready;
    }
    entry.pipe = { ...entry.pipe, currentState: 'RUNNING' };
  }

  #checkRole({ RoleArn, Arn }: Pipe): void {
    if (!this.#options.mayAssume(RoleArn, Arn)) {
      throw new Error(`The role ${RoleArn} cannot be assumed by the principal pipes.amazonaws.com.`);
    }
  }

  async #checkSource(pipe: Pipe): Promise<void> {
    const principal = pipePrincipal(pipe);
    const region = parseArn(pipe.Source)?.region ?? '';
    await (sourceKind(pipe.Source) === 'stream'
      ? this.#options.aws({
          service: 'dynamodbstreams',
          action: 'DescribeStream',
          input: { StreamArn: pipe.Source },
          principal,
          region,
        })
      : this.#options.aws({
          service: 'sqs',
          action: 'GetQueueAttributes',
          input: { QueueUrl: queueUrl(pipe.Source), AttributeNames: ['QueueArn'] },
          principal,
          region,
        }));
  }

  #entry(name: string): Entry {
    const entry = this.#entries.get(name);
    if (entry === undefined) throw new AwsError('NotFoundException', `Pipe ${name} does not exist.`, 404);
    return entry;
  }

  #changed(): void {
    this.#mirror.changed();
  }
}

function refuseWhileBusy({ Name, currentState }: Pipe): void {
  if (!isChanging(currentState)) return;
  throw new AwsError('ConflictException', `Pipe ${Name} is ${currentState}.`, 409);
}

function isChanging(state: Pipe['currentState']): boolean {
  return state.endsWith('ING') && state !== 'RUNNING';
}
