import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { unitNames } from './usage.ts';

const usageSchema = z.partialRecord(z.enum(unitNames), z.number());

const recordSchema = z.strictObject({
  operations: z
    .array(
      z.strictObject({
        name: z.string(),
        title: z.string(),
        units: usageSchema,
        functionTimes: z.number(),
        callTimes: z.number(),
        logBytes: z.number(),
        responseBytes: z.number(),
        metrics: z.array(z.string()).readonly(),
      }),
    )
    .readonly(),
  idle: z.strictObject({ byDefault: usageSchema, byOption: z.record(z.string(), usageSchema) }),
});

/** What was counted: the file from which all tables are made. */
export type CostRecord = z.infer<typeof recordSchema>;
export type RecordedOperation = CostRecord['operations'][number];

const file = join(import.meta.dirname, 'usage.json');

export function readRecord(): CostRecord {
  return recordSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
}

export function writeRecord(record: CostRecord): void {
  writeFileSync(file, `${JSON.stringify(record, undefined, 2)}\n`);
}

/** Lines of logs have durations and ids in them, whose digits vary. */
const tolerance = 0.05;

/** `measured`, with the bytes of `recorded` where they differ by what varies between two runs. */
export function settleBytes(
  measured: readonly RecordedOperation[],
  recorded: readonly RecordedOperation[],
): readonly RecordedOperation[] {
  const settle = (now: number, before: number | undefined) =>
    before !== undefined && Math.abs(now - before) <= before * tolerance ? before : now;
  return measured.map((operation) => {
    const before = recorded.find(({ name }) => name === operation.name);
    return {
      ...operation,
      logBytes: settle(operation.logBytes, before?.logBytes),
      responseBytes: settle(operation.responseBytes, before?.responseBytes),
    };
  });
}
