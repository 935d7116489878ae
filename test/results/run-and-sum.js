import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { countsFolderVariable, sumCounts } from './counts.js';

// Runs npm scripts in turn, also after one that fails. Ends with the scripts that failed, and with one line about all test
// runs in them, of jest and of `node --test`.
rmSync('coverage/coverage-summary.json', { force: true });
const folder = mkdtempSync(join(tmpdir(), 'test-counts-'));
const failedScripts = process.argv.slice(2).filter((script) => {
  const options = { stdio: 'inherit', env: { ...process.env, [countsFolderVariable]: folder } };
  return spawnSync('npm', ['run', '--silent', script], options).status !== 0;
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
if (failedScripts.length > 0) console.log(`\nFailed: ${failedScripts.map((script) => `npm run ${script}`).join(', ')}`);
console.log(`\n${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
process.exitCode = failedScripts.length > 0 ? 1 : 0;
