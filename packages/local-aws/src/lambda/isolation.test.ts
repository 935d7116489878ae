import assert from 'node:assert/strict';
import { readdirSync, readlinkSync } from 'node:fs';
import { type TestContext, test } from 'node:test';
import * as z from 'zod';
import { until } from '../testing/until.ts';
import { type Called, type Fixture, startLambda } from './lambda.fixture.ts';

const onLinux = { skip: process.platform === 'linux' ? false : 'needs /proc' };

function errorOf({ payload }: Called): string {
  const { errorType, errorMessage } = z.object({ errorType: z.string(), errorMessage: z.string() }).parse(payload);
  return `${errorType} ${errorMessage.replace(/^RequestId: [0-9a-f-]{36} /, '')}`;
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** A function that evaluates the code in its event, and one that must not notice. */
async function startPair(t: TestContext, settings: Record<string, unknown> = {}): Promise<Fixture> {
  const fixture = await startLambda(t);
  const code = `let n = 0; exports.handler = (event) => { n += 1; return eval(event.code ?? 'n'); }`;
  await fixture.define('bad', code, settings);
  await fixture.define('good', `let n = 0; exports.handler = async () => ++n`);
  assert.equal((await fixture.call('good')).payload, 1);
  return fixture;
}

const endings: Record<string, { code: string; error: string }> = {
  'process.exit()': { code: 'process.exit()', error: 'Runtime exited without providing a reason' },
  'process.reallyExit': { code: 'process.reallyExit(3)', error: 'Runtime exited with error: exit status 3' },
  'an exit code at the end of work': {
    code: 'process.exitCode = 4; process.emit("SIGTERM"); process.exit()',
    error: 'Runtime exited with error: exit status 4',
  },
  SIGTERM: { code: 'process.kill(process.pid); hang()', error: 'Runtime exited with error: signal: terminated' },
  SIGKILL: { code: 'process.kill(process.pid, 9); hang()', error: 'Runtime exited with error: signal: killed' },
  'a signal to its process group': {
    code: 'process.kill(0, "SIGHUP"); hang()',
    error: 'Runtime exited with error: signal: hangup',
  },
  'process.abort()': { code: 'process.abort()', error: 'Runtime exited with error: signal: aborted (core dumped)' },
  'a crash of native code': {
    code: 'process.kill(process.pid, "SIGSEGV"); hang()',
    error: 'Runtime exited with error: signal: segmentation fault (core dumped)',
  },
};
for (const [cause, { code, error }] of Object.entries(endings)) {
  test(`${cause} ends its own environment only, and the next invocation gets another`, async (t) => {
    const { call } = await startPair(t);
    const ended = await call('bad', { code: code.replace('hang()', 'new Promise((r) => setTimeout(r, 1e9))') });
    assert.equal(ended.error, 'Unhandled');
    assert.equal(errorOf(ended), `Runtime.ExitError Error: ${error}`);
    assert.match(ended.log, /Status: error\tError Type: Runtime.ExitError\t\n$/);
    assert.equal((await call('bad')).payload, 1);
    assert.equal((await call('good')).payload, 2);
  });
}

const hangs: Record<string, string> = {
  'a stopped process': `process.kill(process.pid, 'SIGSTOP')`,
  'an endless loop of built-in calls': `const list = []; while (true) { list.push(new Array(9)); if (list.length > 9) list.length = 0; }`,
  'a synchronous wait': 'Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)',
};
for (const [cause, code] of Object.entries(hangs)) {
  test(`${cause} times out, and the process is gone`, async (t) => {
    const { call, clock, logs } = await startPair(t, { Timeout: 1 });
    const answer = call('bad', { code: `console.log('pid ' + process.pid + '.'); ${code}` });
    const pid = (): number => Number(/pid (\d+)\./.exec((logs.get('/aws/lambda/bad') ?? []).join(''))?.[1] ?? 0);
    await until('the function runs', () => pid() > 0);
    await clock.advance(1000);
    assert.equal(errorOf(await answer), 'Sandbox.Timedout Error: Task timed out after 1.00 seconds');
    await until('the process is gone', () => !isAlive(pid()));
    assert.equal((await call('bad')).payload, 1);
  });
}

test('a function may open 1,024 files, which others do not notice', async (t) => {
  const { call } = await startPair(t);
  const code = `const fs = require('fs'); let open = 0;
    try { for (;;) { fs.openSync('/dev/null'); open += 1; } } catch (error) { [error.code, open > 900 && open < 1024] }`;
  assert.deepEqual((await call('bad', { code })).payload, ['EMFILE', true]);
  assert.equal((await call('good')).payload, 2);
});

test('the directory of a function is its task root, for fs and for the processes that it starts', async (t) => {
  const { define, call } = await startLambda(t);
  await define('paths', {
    'index.js': `const { readFileSync } = require('fs'); const { execFileSync } = require('child_process');
      exports.handler = async () => {
        const texts = [readFileSync('data/a.txt', 'utf8'), execFileSync('/bin/cat', ['data/a.txt']).toString()];
        const before = process.cwd() === process.env.LAMBDA_TASK_ROOT;
        process.chdir('data');
        return [...texts, before, readFileSync('a.txt', 'utf8')];
      }`,
    'data/a.txt': 'text',
  });
  assert.deepEqual((await call('paths')).payload, ['text', 'text', true, 'text']);
});

test('what child processes and descriptors write is logged in order, before the end of the invocation', async (t) => {
  const { call } = await startPair(t);
  const code = `const { spawnSync } = require('child_process'); const fs = require('fs');
    console.log('one'); spawnSync('/bin/sh', ['-c', 'echo two; echo three >&2'], { stdio: 'inherit' });
    fs.writeSync(1, 'four\\n'); process.stdout.write('five\\nsi'); process.stderr.write('x'); n`;
  const { log } = await call('bad', { code });
  assert.match(log, /START .*\n.*\tINFO\tone\ntwo\nthree\nfour\nfive\nsix\nEND /);
});

test('what was written right before a process ends is not lost', async (t) => {
  const { call, logs } = await startPair(t);
  await call('bad', {
    code: `for (let i = 0; i < 20000; i++) process.stdout.write('line ' + i + '\\n'); process.exit(1)`,
  });
  const lines = (logs.get('/aws/lambda/bad') ?? []).filter((line) => line.startsWith('line '));
  assert.deepEqual([lines.length, lines.at(-1)], [20_000, 'line 19999\n']);
});

test('8 MB without a line end are logged in pieces of 256 KB, about as fast as 8 MB of lines', async (t) => {
  const { call, logs } = await startPair(t);
  const time = async (code: string): Promise<number> => {
    const began = performance.now();
    assert.equal((await call('bad', { code })).payload, true);
    return performance.now() - began;
  };
  await time('true');
  const lines = await time(`process.stdout.write(('x'.repeat(99) + '\\n').repeat(80000))`);
  const oneLine = await time(`process.stdout.write('y'.repeat(8e6))`);
  const pieces = (logs.get('/aws/lambda/bad') ?? []).filter((message) => message.startsWith('y'));
  assert.equal(Math.max(...pieces.map(({ length }) => length)), 262_145);
  assert.equal(pieces.join('').replaceAll('\n', '').length, 8e6);
  assert.ok(oneLine < 10 * lines + 500, `${oneLine} ms without line ends, ${lines} ms with`);
});

const forgeries: Record<string, string> = {
  'bytes that are no message': `require('fs').writeSync(4, Buffer.alloc(64, 255))`,
  'a message of an unknown kind': `send({ type: 'stop' })`,
  'a message with wrong members': `send({ type: 'result', requestId: 1 })`,
  'a message that claims to be huge': `require('fs').writeSync(4, Buffer.from([0, 0, 0, 2, 255, 0, 0, 0, 123, 125]))`,
  'closing its channel': `require('fs').closeSync(4); require('fs').closeSync(3)`,
};
const sendSource = `function send(header) {
  const head = Buffer.from(JSON.stringify(header)); const lengths = Buffer.alloc(8); lengths.writeUInt32BE(head.length);
  require('fs').writeSync(4, Buffer.concat([lengths, head])); }`;
for (const [attempt, code] of Object.entries(forgeries)) {
  test(`${attempt}: a function that tampers with the runtime’s channel harms itself only`, async (t) => {
    const { call } = await startPair(t);
    const tampering = await call('bad', { code: `${sendSource}; ${code}; new Promise((r) => setTimeout(r, 1e9))` });
    assert.equal(tampering.error, 'Unhandled');
    assert.match(errorOf(tampering), /^Runtime.ExitError Error: Runtime exited/);
    assert.equal((await call('bad')).payload, 1);
    assert.equal((await call('good')).payload, 2);
  });
}

test('answers to requests that are not its own, and earlier ones, are ignored', async (t) => {
  const { call } = await startPair(t);
  const code = `${sendSource}; for (const requestId of ['0197d2a0-0000-7000-8000-000000000000', ''])
      send({ type: 'result', requestId, isMarked: false, memoryBytes: 1 });
    send({ type: 'ready' }); 'mine'`;
  assert.equal((await call('bad', { code })).payload, 'mine');
  assert.equal((await call('bad')).payload, 2);
  assert.equal((await call('bad', { code: 'typeof process.send' })).payload, 'undefined');
});

test('sockets of the endpoint are not open in a function', onLinux, async (t) => {
  const { call } = await startPair(t);
  const list = `require('fs').readdirSync('/proc/self/fd').flatMap((name) => {
    try { return [require('fs').readlinkSync('/proc/self/fd/' + name)]; } catch { return []; } })`;
  const theirs = z.array(z.string()).parse((await call('bad', { code: list })).payload);
  const mine = readdirSync('/proc/self/fd').flatMap((name) => {
    try {
      return [readlinkSync(`/proc/self/fd/${name}`)];
    } catch {
      return [];
    }
  });
  const sockets = mine.filter((target) => target.startsWith('socket:'));
  assert.ok(sockets.length > 0);
  assert.deepEqual(
    theirs.filter((target) => sockets.includes(target)),
    [],
  );
});

test('processes that a function started end with its environment', async (t) => {
  const { call, clock, logs } = await startPair(t, { Timeout: 1 });
  const spawn = `const { spawn } = require('child_process');
    const pids = [1, 2].map(() => spawn('/bin/sh', ['-c', 'sleep 1000 & sleep 1000']).pid);`;
  const kept = z.array(z.number()).parse((await call('bad', { code: `${spawn} pids` })).payload);
  assert.deepEqual(kept.map(isAlive), [true, true]);
  await call('bad', { code: 'process.exit()' });
  await until('they are gone', () => !kept.some(isAlive));

  const forever = call('bad', {
    code: `console.log('in'); require('child_process').execSync('while :; do sleep 1; done')`,
  });
  await until('it runs', () => (logs.get('/aws/lambda/bad') ?? []).some((line) => line.endsWith('\tin\n')));
  await clock.advance(1000);
  assert.match(errorOf(await forever), /Task timed out/);
  assert.equal((await call('bad')).payload, 1);
});

test('a fork bomb is over at the timeout', async (t) => {
  const { call, clock, logs } = await startPair(t, { Timeout: 1 });
  // Bounded, so that a failing test does not exhaust the machine.
  const bomb = `f() { [ $1 -gt 6 ] && exec sleep 60; f $(($1 + 1)) & f $(($1 + 1)) & wait; }; echo in; f 0`;
  const answer = call('bad', {
    code: `require('child_process').execFileSync('/bin/sh', ['-c', ${JSON.stringify(bomb)}], { stdio: 'inherit' })`,
  });
  await until('it runs', () => logs.get('/aws/lambda/bad')?.includes('in\n') === true);
  await clock.advance(1000);
  assert.match(errorOf(await answer), /Task timed out/);
  assert.equal((await call('good')).payload, 2);
});

test('memory of buffers and of child processes counts, and the report shows what was used', onLinux, async (t) => {
  const { call } = await startPair(t, { MemorySize: 256 });
  const killed = 'Runtime.ExitError Error: Runtime exited with error: signal: killed';
  const buffers = `const all = []; for (;;) all.push(Buffer.alloc(1e6, 1))`;
  assert.equal(errorOf(await call('bad', { code: buffers })), killed);
  const child = `require('child_process').execFileSync(process.execPath, ['-e', ${JSON.stringify(buffers)}])`;
  assert.equal(errorOf(await call('bad', { code: child })), killed);
  const { log } = await call('bad', { code: 'Buffer.alloc(100e6, 1); n' });
  const used = Number(/Max Memory Used: (\d+) MB/.exec(log)?.[1]);
  assert.ok(used > 130 && used < 320, log);
});
