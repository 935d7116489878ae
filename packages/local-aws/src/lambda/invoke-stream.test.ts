import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  InvokeWithResponseStreamCommand,
  type InvokeWithResponseStreamCommandInput,
  type LambdaClient,
} from '@aws-sdk/client-lambda';
import { startLambda } from './lambda.fixture.ts';

async function invoke(client: LambdaClient, input: Partial<InvokeWithResponseStreamCommandInput> = {}) {
  const { EventStream, StatusCode, ResponseStreamContentType } = await client.send(
    new InvokeWithResponseStreamCommand({ FunctionName: 'streamer', Payload: '{"n":2}', ...input }),
  );
  const parts: string[] = [];
  let complete: object | undefined;
  for await (const { PayloadChunk, InvokeComplete } of EventStream ?? []) {
    if (PayloadChunk !== undefined) parts.push(Buffer.from(PayloadChunk.Payload ?? []).toString());
    complete ??= InvokeComplete;
  }
  return { parts, complete, StatusCode, ResponseStreamContentType };
}

describe('InvokeWithResponseStream', () => {
  it('gives the parts of a response, and how it ended', async (t) => {
    const { client, define } = await startLambda(t);
    await define(
      'streamer',
      `exports.handler = awslambda.streamifyResponse(async ({ n }, stream) => {
        for (let i = 0; i < n; i += 1) { stream.write('part ' + i); await new Promise(setImmediate); }
        stream.end(); });`,
    );
    const { parts, complete, StatusCode, ResponseStreamContentType } = await invoke(client, { LogType: 'Tail' });
    assert.deepEqual(parts, ['part 0', 'part 1']);
    assert.deepEqual([StatusCode, ResponseStreamContentType], [200, 'application/vnd.amazon.eventstream']);
    const { LogResult = '', ...rest } = { LogResult: undefined, ...complete };
    assert.deepEqual(rest, {});
    assert.match(Buffer.from(LogResult, 'base64').toString(), /REPORT RequestId/);
  });

  it('gives the answer of a function that does not stream as one part', async (t) => {
    const { client, define } = await startLambda(t);
    await define('streamer', 'exports.handler = async ({ n }) => ({ n });');
    assert.deepEqual((await invoke(client)).parts, ['{"n":2}']);
  });

  it('tells the error of the function at the end, and that of the call at once', async (t) => {
    const { client, define } = await startLambda(t);
    await define(
      'streamer',
      `exports.handler = awslambda.streamifyResponse(async (event, stream) => { stream.write('x'); throw new TypeError('no'); });`,
    );
    const { parts, complete } = await invoke(client);
    assert.deepEqual(parts, ['x']);
    const { ErrorCode, ErrorDetails } = { ErrorCode: '', ErrorDetails: '', ...complete };
    assert.equal(ErrorCode, 'Unhandled');
    assert.deepEqual(JSON.parse(ErrorDetails).errorType, 'TypeError');
    await assert.rejects(invoke(client, { FunctionName: 'absent' }), { name: 'ResourceNotFoundException' });
    assert.equal((await invoke(client, { InvocationType: 'DryRun' })).StatusCode, 204);
  });
});
