import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { ProbedFunction } from './cold-start.ts';
import { startInstantStub } from './instant-stub.ts';
import { median } from './load.ts';

/** Milliseconds of one warm invocation of a function, and of the bare HTTP call that it makes. */
export type WarmOverhead = { readonly invocation: number; readonly rawCall: number };

const probe = `
  const http = require('node:http');
  const { performance } = require('node:perf_hooks');
  const [, file, handler, event, url] = process.argv;
  const context = { functionName: 'bench', functionVersion: '$LATEST', awsRequestId: '00000000-0000-4000-8000-000000000000',
    invokedFunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:bench', memoryLimitInMB: '256',
    getRemainingTimeInMillis: () => 10000, callbackWaitsForEmptyEventLoop: true };
  const agent = new http.Agent({ keepAlive: true });
  const raw = () => new Promise((resolve, reject) => {
    const request = http.request(url, { method: 'POST', agent }, (answer) => answer.resume().on('end', resolve));
    request.on('error', reject).end('{"TableName":"tasks","Key":{}}');
  });
  const invoke = () => require(file)[handler](JSON.parse(event), context);
  const time = async (call) => { const began = performance.now(); await call(); return performance.now() - began; };
  (async () => {
    const times = { invocation: [], rawCall: [] };
    // By turns, so that both meet the same machine.
    for (let round = 0; round < 1500; round++) {
      const [invocation, rawCall] = [await time(invoke), await time(raw)];
      if (round >= 500) { times.invocation.push(invocation); times.rawCall.push(rawCall); }
    }
    process.stderr.write('\\n' + JSON.stringify(times));
    process.exit(0);
  })();`;

/** Invokes a bundled function over and over against a table that answers at once with `answer`. */
export async function measureWarmOverhead({
  file,
  handler,
  event,
  environment,
  answer,
}: ProbedFunction & { readonly answer: object }): Promise<WarmOverhead> {
  await using stub = await startInstantStub(answer);
  const child = spawn(process.execPath, ['-e', probe, file, handler, JSON.stringify(event), stub.url], {
    env: { ...environment, AWS_ENDPOINT_URL: stub.url },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let text = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  await once(child, 'close');
  const times: { invocation: number[]; rawCall: number[] } = JSON.parse(text.trim().split('\n').at(-1) ?? '');
  return { invocation: median(times.invocation), rawCall: median(times.rawCall) };
}
