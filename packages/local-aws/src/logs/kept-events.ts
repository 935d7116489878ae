import { type Link, LinkedList } from '../core/linked-list.ts';
import type { EventTimeline, StoredEvent } from './event-timeline.ts';

/** Of one group. */
const groupLimits = { events: 10_000, characters: 16 * 1024 * 1024 };
/** Of all groups together. */
const totalLimits = { events: 50_000, characters: 32 * 1024 * 1024 };

/** The events of a group or of one of its streams. */
export type EventHolder = { readonly events: EventTimeline };
export type GroupOfEvents = EventHolder & {
  readonly streams: ReadonlyMap<string, EventHolder>;
  storedBytes: number;
};

type Arrival = { readonly event: StoredEvent; readonly group: GroupOfEvents };

/**
 * The events that are kept. Over a limit of a group its oldest events go, over a limit of all groups those that came
 * first.
 */
export class KeptEvents {
  readonly #arrivals = new LinkedList<Arrival>();
  readonly #links = new WeakMap<StoredEvent, Link<Arrival>>();
  #characters = 0;

  add(group: GroupOfEvents, event: StoredEvent): void {
    group.events.add(event);
    group.streams.get(event.stream)?.events.add(event);
    group.storedBytes += event.message.length;
    this.#characters += event.message.length;
    this.#links.set(event, this.#arrivals.add({ event, group }));
    while (group.events.size > 1 && isOver(group.events.size, group.storedBytes, groupLimits)) this.#dropOldest(group);
    while (isOver(this.#arrivals.size, this.#characters, totalLimits)) {
      const first = this.#arrivals.first?.value;
      if (first === undefined || first.event === event) break;
      this.remove(first.group, first.event);
    }
  }

  /** Drops what is older than `time`. */
  dropBefore(group: GroupOfEvents, time: number): void {
    while ((group.events.oldest?.timestamp ?? Number.POSITIVE_INFINITY) < time) this.#dropOldest(group);
  }

  /** Drops all events of a group or of one of its streams. */
  dropAll(group: GroupOfEvents, { events }: EventHolder): void {
    for (let oldest = events.oldest; oldest !== undefined; oldest = events.oldest) this.remove(group, oldest);
  }

  remove(group: GroupOfEvents, event: StoredEvent): void {
    group.events.delete(event);
    group.streams.get(event.stream)?.events.delete(event);
    group.storedBytes -= event.message.length;
    this.#characters -= event.message.length;
    const link = this.#links.get(event);
    if (link !== undefined) this.#arrivals.remove(link);
  }

  #dropOldest(group: GroupOfEvents): void {
    const { oldest } = group.events;
    if (oldest !== undefined) this.remove(group, oldest);
  }
}

function isOver(events: number, characters: number, limits: typeof groupLimits): boolean {
  return events > limits.events || characters > limits.characters;
}
