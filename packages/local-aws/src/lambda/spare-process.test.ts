import assert from 'node:assert/strict';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { type TestContext, test } from 'node:test';
import { until } from '../testing/until.ts';
import { type Fixture, startLambda } from './lambda.fixture.ts';

const onLinux = { skip: process.platform === 'linux' ? false : 'needs /proc' };
const quietMs = 300;
const spareMs = 15 * 60_000;
const code = 'exports.handler = async () => ({ pid: process.pid, cwd: process.cwd(), env: process.env })';

/** Processes of the runtime of this test: children that lead a group and run Node. */
function runtimes(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        const [, parent, group] = / \w (\d+) (\d+) /.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? [];
        const isNode = readlinkSync(`/proc/${pid}/exe`) === readlinkSync('/proc/self/exe');
        return isNode && Number(parent) === process.pid && Number(group) === pid;
      } catch {
        return false;
      }
    });
}

/** Starts Lambda, a function and, after it, the spare process. @returns the spare's id */
async function startWithSpare(t: TestContext): Promise<Fixture & { spare: number }> {
  const fixture = await startLambda(t);
  await fixture.define('first', code);
  const { pid } = await answer(fixture, 'first');
  await fixture.clock.advance(quietMs);
  const others = (): number[] => runtimes().filter((id) => id !== pid);
  await until('the spare runs', () => others().length === 1);
  return { ...fixture, spare: others()[0] ?? 0 };
}

type Answer = { pid: number; cwd: string; env: Record<string, string> };

async function answer({ call }: Fixture, name: string): Promise<Answer> {
  const { payload, log } = await call(name);
  assert.ok(isAnswer(payload), log);
  return payload;
}

function isAnswer(value: unknown): value is Answer {
  return typeof value === 'object' && value !== null && 'pid' in value && 'cwd' in value && 'env' in value;
}

test('in the spare process a function has the variables and directory of a fresh one', onLinux, async (t) => {
  const fixture = await startWithSpare(t);
  const variables = { STAGE: 'test', NODE_ENV: 'production' };
  await fixture.define('second', code, { Environment: { Variables: variables } });
  const inSpare = await answer(fixture, 'second');
  assert.equal(inSpare.pid, fixture.spare);

  await fixture.define('third', code, { Environment: { Variables: variables } });
  const fresh = await answer(fixture, 'third');
  assert.notEqual(fresh.pid, fixture.spare);
  assert.deepEqual(Object.keys(inSpare.env).sort(), Object.keys(fresh.env).sort());
  const differing = Object.keys(fresh.env).filter((name) => inSpare.env[name] !== fresh.env[name]);
  assert.deepEqual(
    differing.filter((name) => !/_NAME$|ACCESS_KEY|SESSION_TOKEN|TRACE_ID/.test(name)),
    [],
  );
  assert.equal(inSpare.env.AWS_LAMBDA_FUNCTION_NAME, 'second');
  assert.equal(inSpare.cwd, fresh.cwd);
});

const others: Record<string, Record<string, unknown>> = {
  'options of Node': { Environment: { Variables: { NODE_OPTIONS: '--enable-source-maps' } } },
  'another time zone': { Environment: { Variables: { TZ: 'Asia/Tokyo' } } },
  'another memory size': { MemorySize: 256 },
};
for (const [difference, settings] of Object.entries(others)) {
  test(`a function with ${difference} does not run in the spare process`, onLinux, async (t) => {
    const fixture = await startWithSpare(t);
    await fixture.define('other', code, settings);
    assert.notEqual((await answer(fixture, 'other')).pid, fixture.spare);
    await fixture.define('second', code);
    assert.equal((await answer(fixture, 'second')).pid, fixture.spare);
  });
}

test('a spare process that ended is not used', onLinux, async (t) => {
  const fixture = await startWithSpare(t);
  process.kill(fixture.spare, 'SIGKILL');
  await until('it is gone', () => !runtimes().includes(fixture.spare));
  await fixture.define('second', code);
  assert.notEqual((await answer(fixture, 'second')).pid, fixture.spare);
});

test('the spare process ends after 15 minutes without a start, and with the endpoint', onLinux, async (t) => {
  const fixture = await startWithSpare(t);
  await fixture.clock.advance(spareMs);
  await until('all are gone', () => runtimes().length === 0);
  await fixture.define('second', code);
  await answer(fixture, 'second');
  await fixture.clock.advance(quietMs);
  await until('both run', () => runtimes().length === 2);
  await fixture.lambda.close();
  await until('all are gone', () => runtimes().length === 0);
});
