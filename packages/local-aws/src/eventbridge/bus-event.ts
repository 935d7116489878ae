import * as z from 'zod';
import { accountId } from '../core/arn.ts';
import type { JsonObject, JsonValue } from '../core/json.ts';

/** An event as rules match it and targets get it. */
export const busEventSchema = z.object({
  version: z.literal('0'),
  id: z.string(),
  'detail-type': z.string(),
  source: z.string(),
  account: z.string(),
  time: z.string(),
  region: z.string(),
  resources: z.array(z.string()),
  detail: z.record(
    z.string(),
    z.custom<JsonValue>((value) => value !== undefined),
  ),
});
export type BusEvent = z.infer<typeof busEventSchema>;

type EventFacts = {
  readonly id: string;
  readonly source: string;
  readonly detailType: string;
  readonly region: string;
  /** Epoch milliseconds. */
  readonly time: number;
  readonly resources: readonly string[];
  readonly detail: JsonObject;
};

/** The members in the order in which AWS writes them. */
export function busEvent({ id, source, detailType, region, time, resources, detail }: EventFacts): BusEvent {
  return {
    version: '0',
    id,
    'detail-type': detailType,
    source,
    account: accountId,
    time: wholeSeconds(time),
    region,
    resources: [...resources],
    detail,
  };
}

/** ISO 8601 without milliseconds, as in events. */
export function wholeSeconds(time: number): string {
  return new Date(time).toISOString().replace(/\.\d{3}Z$/, 'Z');
}
