import assert from 'node:assert/strict';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { CreateRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import { CreateFunctionCommand, InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { strToU8, zipSync } from 'fflate';
import { until } from 'local-aws/testing';
import { start } from '#test/support/npm-start.ts';

const root = join(import.meta.dirname, '..', '..');
const onPosix = { skip: process.platform === 'win32' ? 'no process groups' : false };

async function startFunction(t: TestContext, url: string, code: string): Promise<LambdaClient> {
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const options = { endpoint: url, region: 'us-east-1', credentials, maxAttempts: 1 };
  const iam = new IAMClient(options);
  const client = new LambdaClient(options);
  t.after(() => {
    iam.destroy();
    client.destroy();
  });
  const principal = { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'lambda.amazonaws.com' } };
  const AssumeRolePolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [principal] });
  await iam.send(new CreateRoleCommand({ RoleName: 'test', AssumeRolePolicyDocument }));
  await client.send(
    new CreateFunctionCommand({
      FunctionName: 'test',
      Role: 'arn:aws:iam::000000000000:role/test',
      Runtime: 'nodejs24.x',
      Handler: 'index.handler',
      Timeout: 60,
      Code: { ZipFile: zipSync({ 'index.js': strToU8(code) }) },
    }),
  );
  return client;
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

test(
  'functions end with an endpoint that is killed, endless loops and their child processes too',
  onPosix,
  async (t) => {
    using endpoint = start(root, '--no-deploy');
    const client = await startFunction(
      t,
      await endpoint.url(),
      `const { spawn } = require('child_process');
     exports.handler = (event) => {
       if (!event.loop) return [process.pid, spawn('sleep', ['1000']).pid];
       for (;;);
     }`,
    );
    const invoke = (event: object) =>
      client.send(new InvokeCommand({ FunctionName: 'test', Payload: JSON.stringify(event) }));
    const pids: number[] = JSON.parse((await invoke({})).Payload?.transformToString() ?? '');
    assert.deepEqual(pids.map(isAlive), [true, true]);
    const loop = invoke({ loop: true }).catch((error: unknown) => error);
    process.kill(endpoint.pid, 'SIGKILL');
    await loop;
    await until('they are gone', () => !pids.some(isAlive));
  },
);

test('a function cannot end the endpoint through its own process or process group', onPosix, async (t) => {
  using endpoint = start(root, '--no-deploy');
  const client = await startFunction(
    t,
    await endpoint.url(),
    `exports.handler = async (event) => {
       if (event.signal) { process.kill(event.group ? 0 : process.pid, event.signal); await new Promise((r) => setTimeout(r, 1e6)); }
       return 'alive';
     }`,
  );
  const invoke = async (event: object): Promise<string | undefined> => {
    const answer = await client.send(new InvokeCommand({ FunctionName: 'test', Payload: JSON.stringify(event) }));
    return answer.FunctionError ?? answer.Payload?.transformToString();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGKILL']) {
    assert.equal(await invoke({ signal }), 'Unhandled');
    assert.equal(await invoke({ signal, group: true }), 'Unhandled');
    assert.equal(await invoke({}), '"alive"');
  }
  assert.equal(await endpoint.interrupt(), 0);
});
