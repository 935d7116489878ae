import * as z from 'zod';
import { arn } from '../core/arn.ts';
import type { Clock } from '../core/clock.ts';
import { Mirror } from '../core/mirror.ts';
import type { StateStore } from '../core/state-store.ts';
import { eventsError } from './events-error.ts';

const busSchema = z.object({
  name: z.string(),
  arn: z.string(),
  region: z.string(),
  description: z.string().optional(),
  /** JSON text. */
  policy: z.string().optional(),
  deadLetterArn: z.string().optional(),
  kmsKeyIdentifier: z.string().optional(),
  tags: z.record(z.string(), z.string()),
  /** Epoch milliseconds. */
  createdAt: z.number(),
  modifiedAt: z.number(),
});
export type EventBus = z.infer<typeof busSchema>;
export type BusSettings = Partial<Pick<EventBus, 'description' | 'policy' | 'deadLetterArn' | 'kmsKeyIdentifier'>> &
  Pick<EventBus, 'tags'>;

const defaultBus = 'default';

/** The event buses of all regions. Each region has a default bus, which cannot be deleted. */
export class BusStore {
  readonly #clock: Clock;
  /** By ARN. */
  readonly #buses: Map<string, EventBus>;
  readonly #mirror: Mirror<EventBus>;

  constructor(state: StateStore, clock: Clock) {
    this.#clock = clock;
    this.#mirror = new Mirror(state, 'events/buses', busSchema, () => this.#buses);
    this.#buses = this.#mirror.kept();
  }

  /** @param reference a name or an ARN; the default bus when there is none */
  find(reference: string | undefined, region: string): EventBus | undefined {
    const busArn = busArnOf(reference, region);
    const found = this.#buses.get(busArn);
    return found ?? (busArn === busArnOf(undefined, region) ? this.#makeDefault(region) : undefined);
  }

  /** @throws AwsError ResourceNotFoundException */
  get(reference: string | undefined, region: string): EventBus {
    const bus = this.find(reference, region);
    if (bus === undefined) throw eventsError.noBus(busNameOf(reference));
    return bus;
  }

  list(region: string): EventBus[] {
    this.find(undefined, region);
    return [...this.#buses.values()]
      .filter((bus) => bus.region === region)
      .sort((left, right) => (left.name < right.name ? -1 : 1));
  }

  /** @throws AwsError ResourceAlreadyExistsException */
  create(name: string, region: string, settings: BusSettings): EventBus {
    if (this.find(name, region) !== undefined) throw eventsError.alreadyExists(`Event bus ${name} already exists.`);
    const bus = this.#make(name, region, settings);
    this.changed(bus);
    return bus;
  }

  /** Takes over a change of a bus, and keeps it. */
  change(bus: EventBus, settings: Partial<BusSettings>): void {
    Object.assign(bus, settings, { modifiedAt: this.#clock.now() });
    this.changed(bus);
  }

  /** @throws AwsError ValidationException for the default bus */
  delete(bus: EventBus): void {
    if (bus.name === defaultBus) throw eventsError.validation('Cannot delete event bus default.');
    this.#buses.delete(bus.arn);
    this.changed(bus);
  }

  changed({ arn: busArn }: EventBus): void {
    this.#mirror.changed(busArn);
  }

  /** Not persisted: it is created on demand. */
  #makeDefault(region: string): EventBus {
    return this.#make(defaultBus, region, { tags: {} });
  }

  #make(name: string, region: string, settings: BusSettings): EventBus {
    const now = this.#clock.now();
    const bus = { name, arn: busArnOf(name, region), region, createdAt: now, modifiedAt: now, ...settings };
    this.#buses.set(bus.arn, bus);
    return bus;
  }
}

function busArnOf(reference: string | undefined, region: string): string {
  return reference?.startsWith('arn:') ? reference : arn('events', region, `event-bus/${reference ?? defaultBus}`);
}

function busNameOf(reference = defaultBus): string {
  return reference.split('event-bus/').at(-1) ?? reference;
}
