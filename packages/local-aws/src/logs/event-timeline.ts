import type { LogEvent } from '../core/log-sink.ts';
import { SortedMap } from '../core/sorted-map.ts';

/** A place in a timeline: events of the same time stand in the order in which they came. */
export type Place = {
  /** Milliseconds since the epoch. */
  readonly timestamp: number;
  readonly sequence: number;
};

export type StoredEvent = LogEvent & {
  readonly stream: string;
  readonly ingestionTime: number;
  /** Grows with every event of the store. */
  readonly sequence: number;
};

/** Events by time. A search begins at its start time and costs what it reads, however many events there are. */
export class EventTimeline {
  /** Undefined while there are no events: most streams of a long-lived group are empty. */
  #events: SortedMap<Place, StoredEvent> | undefined;

  get size(): number {
    return this.#events?.size ?? 0;
  }

  get oldest(): StoredEvent | undefined {
    const place = this.#events?.minKey();
    return place === undefined ? undefined : this.#events?.get(place);
  }

  add(event: StoredEvent): void {
    this.#events ??= new SortedMap(comparePlaces);
    this.#events.set(event, event);
  }

  delete(place: Place): void {
    this.#events?.delete(place);
    if (this.#events?.size === 0) this.#events = undefined;
  }

  /** From `place`, inclusive, oldest first. */
  from(place: Place): Iterable<StoredEvent> {
    return this.#events?.values(place) ?? [];
  }

  /** Up to `place`, exclusive, newest first. */
  *before(place: Place): Generator<StoredEvent> {
    for (const [, event] of this.#events?.entriesReversed(place, undefined, true) ?? []) yield event;
  }
}

function comparePlaces(a: Place, b: Place): number {
  return a.timestamp - b.timestamp || a.sequence - b.sequence;
}
