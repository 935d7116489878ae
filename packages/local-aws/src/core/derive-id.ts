import { createHash } from 'node:crypto';
import { defaultRegion } from './arn.ts';

/** An id of `length` lower-case letters and digits, always the same for the same parts. It begins with a letter. */
export function deriveId(length: number, ...parts: readonly string[]): string {
  const digest = createHash('sha256').update(JSON.stringify(parts)).digest('hex');
  const number = BigInt(`0x${digest}`);
  const letter = String.fromCharCode(97 + Number(number % 26n));
  return `${letter}${(number / 26n)
    .toString(36)
    .padStart(length, '0')
    .slice(-(length - 1))}`;
}

/** Tells stacks of the same name apart by their region. The default region has no part: its ids stay as they were. */
export function regionPart(region: string): readonly string[] {
  return region === defaultRegion ? [] : [region];
}
