import { writeCounts } from './counts.js';

/** Reporter of `node --test`: keeps the counts of a run for `npm test`, which sums them. Prints nothing. */
export default async function* nodeTestCounts(source) {
  for await (const { type, data } of source) {
    // There is one for each file, too.
    if (type !== 'test:summary' || data.file !== undefined) continue;
    const { passed, failed, cancelled, skipped } = data.counts;
    writeCounts({ passed, failed: failed + cancelled, skipped });
  }
  yield '';
}
