import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { countsFolderVariable, sumCounts } from './counts.js';

// Runs an npm script, and ends with one line about all test runs in it, of jest and of `node --test`.
rmSync('coverage/coverage-summary.json', { force: true });
const folder = mkdtempSync(join(tmpdir(), 'test-counts-'));
const { status } = spawnSync('npm', ['run', '--silent', ...process.argv.slice(2)], {
  stdio: 'inherit',
  env: { ...process.env, [countsFolderVariable]: folder },
});
if (process.env.COVERAGE === 'true' && existsSync('coverage/coverage-summary.json')) {
  const { total } = JSON.parse(readFileSync('coverage/coverage-summary.json', 'utf8'));
  const { lines, branches, functions } = total;
  console.log(
    `\nCoverage of services and shared by unit tests: lines ${lines.pct} %, branches ${branches.pct} %, functions ${functions.pct} %`,
  );
}
const { passed, failed, skipped } = sumCounts(folder);
rmSync(folder, { recursive: true });
console.log(`\n${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
process.exitCode = status ?? 1;
