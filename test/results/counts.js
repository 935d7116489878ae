import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The variable with the folder in which test runs leave their counts. Without it, they leave none. */
export const countsFolderVariable = 'TEST_COUNTS_FOLDER';

/** Keeps the counts of one test run. @param {{ passed: number, failed: number, skipped: number }} counts */
export function writeCounts(counts) {
  const folder = process.env[countsFolderVariable];
  if (folder) writeFileSync(join(folder, `${randomUUID()}.json`), JSON.stringify(counts));
}

/** The sum of what the test runs left in a folder. @param {string} folder */
export function sumCounts(folder) {
  const sum = { passed: 0, failed: 0, skipped: 0 };
  for (const file of readdirSync(folder)) {
    const counts = JSON.parse(readFileSync(join(folder, file), 'utf8'));
    for (const key of ['passed', 'failed', 'skipped']) sum[key] += counts[key];
  }
  return sum;
}
