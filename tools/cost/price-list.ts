import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import * as z from 'zod';
import { type Usage, unitNames } from './usage.ts';

const priceSchema = z.strictObject({
  name: z.string(),
  group: z.string(),
  dollars: z.number().nonnegative(),
  per: z.number().positive(),
  freePerMonth: z.number().positive().optional(),
  source: z.url(),
});

const priceListSchema = z.strictObject({
  date: z.string().regex(/^\d{4}-\d{2}$/),
  region: z.string(),
  currency: z.literal('USD'),
  hoursPerMonth: z.number().positive(),
  prices: z.record(z.enum(unitNames), priceSchema),
  assumptions: z.strictObject({
    functionMs: z.number().nonnegative(),
    callMs: z.number().nonnegative(),
    coldStartShare: z.number().min(0).max(1),
    coldStartMs: z.number().nonnegative(),
    queuePollers: z.number().nonnegative(),
    queuePollSeconds: z.number().positive(),
    streamPollsPerSecond: z.number().nonnegative(),
    tracedShare: z.number().min(0).max(1),
    accessLogBytes: z.number().nonnegative(),
  }),
});

export type PriceList = z.infer<typeof priceListSchema>;

/** The prices and assumptions of `prices.yml`. */
export function readPriceList(): PriceList {
  return priceListSchema.parse(parse(readFileSync(join(import.meta.dirname, 'prices.yml'), 'utf8')));
}

/** Dollars by group of the price list, such as `Lambda`; groups without units are left out. */
export function priceOf(usage: Usage, { prices }: PriceList, isFreeTierTaken = false): ReadonlyMap<string, number> {
  const byGroup = new Map<string, number>();
  for (const unit of unitNames) {
    const { group, dollars, per, freePerMonth = 0 } = prices[unit];
    const billed = Math.max(0, (usage[unit] ?? 0) - (isFreeTierTaken ? freePerMonth : 0));
    if (billed > 0) byGroup.set(group, (byGroup.get(group) ?? 0) + (billed / per) * dollars);
  }
  return byGroup;
}

/** Dollars of all groups. */
export function sumOf(byGroup: ReadonlyMap<string, number>): number {
  return [...byGroup.values()].reduce((sum, dollars) => sum + dollars, 0);
}
