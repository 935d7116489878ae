import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';

const module = JSON.stringify(new URL('launch.js', import.meta.url).href);

function launchOn(version: string): { stdout: string; stderr: string; status: number } {
  const script = `
    Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '${version}' } });
    const { launch } = await import(${module});
    await launch(async () => console.log('it runs'), { advice: 'Install another.' });`;
  try {
    const stdout = execFileSync(process.execPath, ['--input-type=module', '-e', script], {
      encoding: 'utf8',
      stdio: 'pipe',
    });
    return { stdout, stderr: '', status: 0 };
  } catch (error) {
    return Object.assign({ stdout: '', stderr: '', status: 0 }, error);
  }
}

test('an old Node prints what to do', () => {
  for (const version of ['18.20.4', '24.2.0']) {
    const { stdout, stderr, status } = launchOn(version);
    assert.equal(status, 1);
    assert.equal(stdout, '');
    assert.match(stderr, new RegExp(`^Node ${version} is too old: .*\\nInstall another\\.\\n$`));
  }
});

test('a new Node runs the command', () => {
  for (const version of ['24.3.0', '26.0.0']) assert.equal(launchOn(version).stdout, 'it runs\n');
});
