import type { DynamoDBRecord } from 'aws-lambda';
import { rowOfImage } from './friendship.ts';
import type { Pairs } from './pairs.ts';
import { type Change, type ChangeKind, settle } from './settle.ts';

/** More than two writers of one pair at a time would have to meet for this to be used up. */
const maxAttempts = 4;

/**
 * Brings the friend's row in line with a change of the player's own: reads both rows, decides, writes once.
 *
 * @throws Error when the rows keep changing; the stream delivers the change again
 */
export async function followChange(change: Change, pairs: Pairs, now: Date): Promise<void> {
  for (let attempt = 1; attempt <= maxAttempts; attempt++) {
    const settlement = settle(change, await pairs.find(change.row));
    if (await pairs.apply(change.row, settlement, now)) return;
  }
  throw new Error('The rows changed at every attempt.');
}

/** The change in a record of the stream, whose row is the new image or, of a removal, the old. */
export function readChange(kind: ChangeKind, { dynamodb }: DynamoDBRecord): Change {
  const isRemoval = kind === 'rejected' || kind === 'unfriended';
  return { kind, row: rowOfImage(isRemoval ? dynamodb?.OldImage : dynamodb?.NewImage) };
}
