import { join } from 'node:path';
import { CreateRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import { CreateFunctionCommand, InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { expect, test } from '@jest/globals';
import { strToU8, zipSync } from 'fflate';
import { until } from 'local-aws/testing';
import { start } from '#test/support/npm-start.ts';

const root = join(import.meta.dirname, '..', '..');
// Windows has no process groups.
const testOnPosix = process.platform === 'win32' ? test.skip : test;

/** Gives a client of the function `test` of this code. */
async function startFunction(url: string, code: string): Promise<LambdaClient> {
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const options = { endpoint: url, region: 'us-east-1', credentials, maxAttempts: 1 };
  const iam = new IAMClient(options);
  const client = new LambdaClient(options);
  const principal = { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'lambda.amazonaws.com' } };
  const AssumeRolePolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [principal] });
  await iam.send(new CreateRoleCommand({ RoleName: 'test', AssumeRolePolicyDocument }));
  iam.destroy();
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

testOnPosix('functions end with an endpoint that is killed, endless loops and their child processes too', async () => {
  using endpoint = start(root, '--no-deploy');
  const client = await startFunction(
    await endpoint.url(),
    `const { spawn } = require('child_process');
     exports.handler = (event) => {
       if (!event.loop) return [process.pid, spawn('sleep', ['1000']).pid];
       for (;;);
     }`,
  );
  using cleanup = new DisposableStack();
  cleanup.defer(() => client.destroy());
  const invoke = (event: object) =>
    client.send(new InvokeCommand({ FunctionName: 'test', Payload: JSON.stringify(event) }));
  const pids: number[] = JSON.parse((await invoke({})).Payload?.transformToString() ?? '');
  expect(pids.map(isAlive)).toStrictEqual([true, true]);
  const loop = invoke({ loop: true }).catch((error: unknown) => error);
  process.kill(endpoint.pid, 'SIGKILL');
  await loop;
  await until('they are gone', () => !pids.some(isAlive));
});

testOnPosix('a function cannot end the endpoint through its own process or process group', async () => {
  using endpoint = start(root, '--no-deploy');
  const client = await startFunction(
    await endpoint.url(),
    `exports.handler = async (event) => {
       if (event.signal) { process.kill(event.group ? 0 : process.pid, event.signal); await new Promise((r) => setTimeout(r, 1e6)); }
       return 'alive';
     }`,
  );
  using cleanup = new DisposableStack();
  cleanup.defer(() => client.destroy());
  const invoke = async (event: object): Promise<string | undefined> => {
    const answer = await client.send(new InvokeCommand({ FunctionName: 'test', Payload: JSON.stringify(event) }));
    return answer.FunctionError ?? answer.Payload?.transformToString();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGKILL']) {
    expect(await invoke({ signal })).toBe('Unhandled');
    expect(await invoke({ signal, group: true })).toBe('Unhandled');
    expect(await invoke({})).toBe('"alive"');
  }
  expect(await endpoint.interrupt()).toBe(0);
});
