import { defaultRegion } from '../../core/arn.ts';
import type { OpenSpan } from './open-span.ts';

export type Activity = {
  recordsMatched: number;
  recordsFiltered: number;
  batches: number;
  failedBatches: number;
  largestBatch: number;
};

/** Counts what event source mappings and pipes did with records, by region and UUID or name. */
export class SourceActivities {
  readonly #activities = new Map<string, Activity>();

  of(region: string, id: string): Readonly<Activity> {
    return this.#activities.get(`${region} ${id}`) ?? none();
  }

  note({ start, result }: OpenSpan): void {
    const { consumer, batchSize, isMatched, region = defaultRegion } = start.attributes ?? {};
    if (start.kind !== 'delivery' || typeof consumer !== 'string' || typeof batchSize !== 'number') return;
    const key = `${String(region)} ${consumer}`;
    const activity = this.#activities.get(key) ?? none();
    this.#activities.set(key, activity);
    if (isMatched === false) {
      activity.recordsFiltered += 1;
      return;
    }
    // A record that is tried again has passed the filter once.
    if ((start.attempt ?? 1) === 1) activity.recordsMatched += batchSize;
    activity.batches += 1;
    if (result.status === 'error') activity.failedBatches += 1;
    activity.largestBatch = Math.max(activity.largestBatch, batchSize);
  }
}

function none(): Activity {
  return { recordsMatched: 0, recordsFiltered: 0, batches: 0, failedBatches: 0, largestBatch: 0 };
}
