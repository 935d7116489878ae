import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { countsFolderVariable, sumCounts } from './counts.js';

// Runs an npm script, and ends with one line about all test runs in it, of jest and of `node --test`.
const folder = mkdtempSync(join(tmpdir(), 'test-counts-'));
const { status } = spawnSync('npm', ['run', '--silent', ...process.argv.slice(2)], {
  stdio: 'inherit',
  env: { ...process.env, [countsFolderVariable]: folder },
});
const { passed, failed, skipped } = sumCounts(folder);
rmSync(folder, { recursive: true });
console.log(`\n${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
process.exitCode = status ?? 1;
