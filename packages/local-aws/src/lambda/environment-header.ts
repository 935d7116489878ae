import * as z from 'zod';
import type { EnvironmentHeader } from './runtime/messages.ts';

const answer = {
  requestId: z.string(),
  isMarked: z.boolean(),
  memoryBytes: z.number().nonnegative(),
};

const header = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('inspector'), url: z.string().regex(/^ws:\/\/127\.0\.0\.1:\d+\/[\w-]+$/) }),
  z.strictObject({ type: z.literal('ready') }),
  z.strictObject({ type: z.literal('fatal'), errorType: z.string() }),
  z.strictObject({ type: z.literal('chunk'), requestId: z.string(), contentType: z.string() }),
  z.strictObject({ type: z.literal('result'), ...answer }),
  z.strictObject({ type: z.literal('rejected'), ...answer }),
  z.strictObject({ type: z.literal('error'), errorType: z.string(), ...answer }),
]);

/** Function code can write to the runtime's channel, so whatever comes from there is checked. @throws Error */
export function parseEnvironmentHeader(text: string): EnvironmentHeader {
  return header.parse(JSON.parse(text));
}
