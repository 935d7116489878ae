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
import type { Poller, Report } from '../event-sources/source.ts';
import { isStreamOf, sourceKind, sourceName } from '../event-sources/source-kind.ts';
import { type Allows, checkQueue, checkStream } from './check-source.ts';
import { type Mapping, mappingSchema } from './mapping.ts';
import {
  configure,
  constraintViolation,
  defaultConfiguration,
  invalidParameter,
  type Settings,
} from './mapping-settings.ts';
import { type MappedFunction, type MappingRuntime, pollingPrincipal, runMapping } from './run-mapping.ts';

export type NewMapping = Settings & {
  readonly FunctionName: string;
  readonly EventSourceArn: string;
  readonly StartingPosition?: string | undefined;
  readonly tags: Readonly<Record<string, string>>;
};

export type MappingChange = Settings & {
  readonly FunctionName?: string | undefined;
  readonly tags?: Readonly<Record<string, string>>;
};

export type MappingStoreOptions = Omit<MappingRuntime, 'checkpoints'> & {
  readonly state: StateStore;
  /** Resolves once functions can reach the endpoint: nothing is polled before. */
  readonly opened?: Promise<void>;
  readonly allows?: Allows;
};

type Entry = { mapping: Mapping; poller: Poller | undefined; transition: Promise<void> };

/** How long a mapping shows `Creating`, `Updating` and the like. */
const transitionMs = 10;

/** The mappings, their states, and the pollers of the enabled ones. */
export class MappingStore implements Consumers {
  readonly #options: MappingStoreOptions & MappingRuntime;
  readonly #entries = new Map<string, Entry>();
  readonly #pollers = new PollerSwitch(() => this.#entries.values());
  readonly #mirror: Mirror<Mapping>;

  constructor(options: MappingStoreOptions) {
    this.#options = { ...options, checkpoints: new CheckpointStore(options.state, 'lambda') };
    const mappings = () => new Map(this.list().map((mapping) => [mapping.uuid, mapping]));
    this.#mirror = new Mirror(options.state, 'lambda/event-source-mappings', mappingSchema, mappings);
    for (const mapping of this.#mirror.kept().values()) {
      if (mapping.state === 'Deleting') continue;
      const isEnabled = mapping.state !== 'Disabled' && mapping.state !== 'Disabling';
      this.#settle(this.#add(mapping), isEnabled ? 'Enabled' : 'Disabled');
    }
  }

  list(): Mapping[] {
    return [...this.#entries.values()].map(({ mapping }) => mapping);
  }

  checkpointsOf(uuid: string): Readonly<Record<string, string>> {
    return this.#options.checkpoints.list(uuid);
  }

  /** @throws AwsError ResourceNotFoundException */
  get(uuid: string): Mapping {
    return this.#entry(uuid).mapping;
  }

  /** Resolves when the mapping has no transition under way. */
  async settled(uuid: string): Promise<void> {
    await this.#entries.get(uuid)?.transition;
  }

  async create(request: NewMapping, region: string): Promise<Mapping> {
    const { EventSourceArn: eventSourceArn, tags } = request;
    const found = this.#function(request.FunctionName);
    const kind = sourceKind(eventSourceArn);
    if (kind === undefined) throw unrecognized(eventSourceArn);
    if (parseArn(eventSourceArn)?.region !== region) {
      throw invalidParameter(`Event source region must match Lambda region ${region}.`);
    }
    const uuid = randomUUID();
    const mapping: Mapping = {
      uuid,
      arn: arn('lambda', region, `event-source-mapping:${uuid}`),
      functionArn: found.arn,
      eventSourceArn,
      lastModified: this.#options.clock.now(),
      state: 'Creating',
      stateTransitionReason: kind === 'queue' ? 'USER_INITIATED' : 'User action',
      lastProcessingResult: 'No records processed',
      tags: { ...tags },
      startingPosition: startingPosition(request),
      ...configure(request, defaultConfiguration(kind), eventSourceArn),
    };
    this.#refuseDuplicate(mapping);
    await this.#checkSource(mapping, found);
    this.#refuseDuplicate(mapping);
    this.#settle(this.#add(mapping), request.Enabled === false ? 'Disabled' : 'Enabled');
    return mapping;
  }

  /** @param isWhole whether what `settings` leaves out goes back to its default, as in CloudFormation */
  async update(uuid: string, { FunctionName, tags, ...settings }: MappingChange, isWhole = false): Promise<Mapping> {
    const entry = this.#entry(uuid);
    const { mapping } = entry;
    refuseWhileBusy(mapping, 'update');
    const found = this.#function(FunctionName ?? mapping.functionArn);
    const base = isWhole ? defaultConfiguration(sourceKind(mapping.eventSourceArn) ?? 'queue') : mapping;
    const next: Mapping = {
      ...mapping,
      ...configure(settings, base, mapping.eventSourceArn),
      functionArn: found.arn,
      lastModified: this.#options.clock.now(),
      tags: { ...(tags ?? mapping.tags) },
    };
    await this.#checkSource(next, found);
    // Another call may have come in between.
    refuseWhileBusy(this.#entry(uuid).mapping, 'update');
    const wasEnabled = mapping.state === 'Enabled';
    const isEnabled = settings.Enabled ?? (isWhole || wasEnabled);
    const during = isEnabled === wasEnabled ? 'Updating' : isEnabled ? 'Enabling' : 'Disabling';
    entry.mapping = { ...next, state: during };
    this.#settle(entry, isEnabled ? 'Enabled' : 'Disabled');
    return entry.mapping;
  }

  delete(uuid: string): Mapping {
    const entry = this.#entry(uuid);
    refuseWhileBusy(entry.mapping, 'delete');
    entry.mapping = { ...entry.mapping, state: 'Deleting' };
    this.#settle(entry, undefined);
    return entry.mapping;
  }

  nudge(tableNames?: readonly string[]): void {
    for (const { mapping, poller } of this.#entries.values()) {
      if (isStreamOf(mapping.eventSourceArn, tableNames)) poller?.nudge();
    }
  }

  queues(): readonly string[] {
    return this.list()
      .filter(({ eventSourceArn, state }) => sourceKind(eventSourceArn) === 'queue' && state === 'Enabled')
      .map(({ eventSourceArn }) => eventSourceArn);
  }

  pending(): readonly PendingWork[] {
    return [...this.#entries.values()].flatMap(({ mapping, poller }): PendingWork[] => {
      const { functionArn, eventSourceArn, state } = mapping;
      const name = `${sourceName(eventSourceArn)} → ${functionArn.split(':').slice(6).join(':')}`;
      if (state !== 'Enabled' && state !== 'Disabled') return [{ kind: 'consumer', name, reason: state }];
      const reason = poller?.pending();
      return reason === undefined ? [] : [{ kind: 'stream', name, reason }];
    });
  }

  pause(): Promise<void> {
    return this.#pollers.pause();
  }

  resume(endOf: FindStreamEnd = () => undefined): Promise<void> {
    const { checkpoints, clock } = this.#options;
    return this.#pollers.resume(async (entry) => {
      const { uuid, eventSourceArn, state } = entry.mapping;
      const end = endOf(eventSourceArn);
      if (end !== undefined) checkpoints.of(uuid).skipTo(end.shardId, end.sequenceNumber, clock.now());
      if (state === 'Enabled') await this.#start(entry);
    });
  }

  close(): void {
    this.#pollers.close();
  }

  #add(mapping: Mapping): Entry {
    const entry: Entry = { mapping, poller: undefined, transition: Promise.resolve() };
    this.#entries.set(mapping.uuid, entry);
    return entry;
  }

  /** Brings the mapping into its next lasting state; undefined is gone. */
  #settle(entry: Entry, goal: 'Enabled' | 'Disabled' | undefined): void {
    this.#changed();
    entry.transition = this.#carryOut(entry, goal);
  }

  async #carryOut(entry: Entry, goal: 'Enabled' | 'Disabled' | undefined): Promise<void> {
    await entry.poller?.stop();
    entry.poller = undefined;
    await sleep(this.#options.clock, transitionMs);
    await this.#options.opened;
    const { uuid } = entry.mapping;
    if (goal === 'Enabled' && !this.#pollers.isClosed) await this.#start(entry);
    if (goal === undefined) {
      this.#entries.delete(uuid);
      this.#options.checkpoints.forget(uuid);
    } else entry.mapping = { ...entry.mapping, state: goal };
    this.#changed();
  }

  async #start(entry: Entry): Promise<void> {
    if (this.#pollers.isPaused) return;
    const report: Report = (lastProcessingResult) => {
      entry.mapping = { ...entry.mapping, lastProcessingResult };
    };
    entry.poller = runMapping(entry.mapping, this.#options, report);
    await entry.poller.ready;
  }

  #function(functionName: string): MappedFunction {
    const found = this.#options.functionOf(functionName);
    if (found !== undefined) return found;
    throw invalidParameter('Function does not exist');
  }

  async #checkSource(mapping: Mapping, { timeoutSeconds }: MappedFunction): Promise<void> {
    const { aws, allows = () => true } = this.#options;
    const check = sourceKind(mapping.eventSourceArn) === 'stream' ? checkStream : checkQueue;
    await check(mapping, { aws, allows, timeoutSeconds, principal: pollingPrincipal(mapping, this.#options) });
  }

  #refuseDuplicate({ functionArn, eventSourceArn }: Mapping): void {
    const other = this.list().find(
      (mapping) => mapping.functionArn === functionArn && mapping.eventSourceArn === eventSourceArn,
    );
    if (other === undefined) return;
    const source = `arn (" ${eventSourceArn} ") and function (" ${functionArn.split(':')[6]} ")`;
    const problem =
      sourceKind(eventSourceArn) === 'stream'
        ? `The event source ${source} provided mapping already exists.`
        : `An event source mapping with SQS ${source} already exists.`;
    throw new AwsError(
      'ResourceConflictException',
      `${problem} Please update or delete the existing mapping with UUID ${other.uuid}`,
      409,
      { Type: 'User' },
    );
  }

  #entry(uuid: string): Entry {
    const entry = this.#entries.get(uuid);
    if (entry !== undefined) return entry;
    throw new AwsError('ResourceNotFoundException', 'The resource you requested does not exist.', 404, {
      Type: 'User',
    });
  }

  #changed(): void {
    this.#mirror.changed();
  }
}

function unrecognized(eventSourceArn: string): AwsError {
  return invalidParameter(
    `Unrecognized event source ${eventSourceArn}. The local endpoint knows SQS queues and DynamoDB streams. See the support matrix of local-aws.`,
  );
}

function refuseWhileBusy({ state }: Mapping, action: string): void {
  if (state === 'Enabled' || state === 'Disabled') return;
  throw new AwsError('ResourceInUseException', `Cannot ${action} the event source mapping because it is in use.`, 400, {
    Type: 'User',
  });
}

function startingPosition({ StartingPosition: position, EventSourceArn }: NewMapping): Mapping['startingPosition'] {
  if (sourceKind(EventSourceArn) === 'queue') {
    if (position === undefined) return undefined;
    throw invalidParameter('StartingPosition is not supported for SQS event sources.');
  }
  switch (position) {
    case 'LATEST':
    case 'TRIM_HORIZON':
      return position;
    case 'AT_TIMESTAMP':
      throw invalidParameter(`Unsupported starting position for arn type: ${EventSourceArn}`);
    case undefined:
      throw invalidParameter(
        "1 validation error detected: Value null at 'startingPosition' failed to satisfy constraint: Member must not be null.",
      );
    default:
      throw constraintViolation(
        `Value '${position}' at 'startingPosition'`,
        'Member must satisfy enum value set: [LATEST, AT_TIMESTAMP, TRIM_HORIZON]',
      );
  }
}
