import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { deployUrls } from './urls.fixture.ts';

const invokeMode = 'RESPONSE_STREAM';

describe('a function URL that streams', () => {
  it('sends each part when the function writes it, after status, headers and cookies', async (t) => {
    const code = `
      exports.handler = awslambda.streamifyResponse(async (event, stream, context) => {
        stream = awslambda.HttpResponseStream.from(stream, {
          statusCode: 201, headers: { 'Content-Type': 'text/event-stream', 'X-Own': 1 }, cookies: ['a=1', 'b=2'],
        });
        stream.write('first ' + context.functionName);
        const { setTimeout: pause } = require('node:timers/promises');
        const { existsSync } = require('node:fs');
        while (!existsSync(event.queryStringParameters.gate)) await pause(5);
        stream.write({ an: 'object' });
        stream.end('last');
      });`;
    const { urlOf } = await deployUrls(t, { streamer: { code, invokeMode } });
    const folder = mkdtempSync(join(tmpdir(), 'gate-'));
    t.after(() => rmSync(folder, { recursive: true }));
    const gate = join(folder, 'open');
    const response = await fetch(`${urlOf('streamer')}?gate=${encodeURIComponent(gate)}`);
    assert.equal(response.status, 201);
    assert.equal(response.headers.get('content-type'), 'text/event-stream');
    assert.equal(response.headers.get('x-own'), '1');
    assert.deepEqual(response.headers.getSetCookie(), ['a=1', 'b=2']);
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    assert.equal((await reader?.read())?.value, 'first streamer');
    writeFileSync(gate, '');
    let rest = '';
    for (let part = await reader?.read(); part?.done === false; part = await reader?.read()) rest += part.value;
    assert.equal(rest, '{"an":"object"}last');
  });

  it('has octets as its content type unless the function names another one', async (t) => {
    const { urlOf } = await deployUrls(t, {
      plain: { code: 'exports.handler = awslambda.streamifyResponse(async (e, s) => { s.end("x"); });', invokeMode },
      named: {
        code: 'exports.handler = awslambda.streamifyResponse(async (e, s) => { s.setContentType("text/css"); s.end("x"); });',
        invokeMode,
      },
    });
    assert.equal((await fetch(urlOf('plain'))).headers.get('content-type'), 'application/octet-stream');
    assert.equal((await fetch(urlOf('named'))).headers.get('content-type'), 'text/css');
  });

  it('carries more than the payload of a buffered answer', async (t) => {
    const code = `const { pipeline } = require('node:stream/promises');
      exports.handler = awslambda.streamifyResponse(async (event, stream) => {
        await pipeline((async function* () { for (let i = 0; i < 300; i += 1) yield Buffer.alloc(100_000, 'x'); })(), stream);
      });`;
    const { urlOf } = await deployUrls(t, { large: { code, invokeMode, settings: { Timeout: 30 } } });
    const body = await (await fetch(urlOf('large'))).arrayBuffer();
    assert.equal(body.byteLength, 30_000_000);
  });

  it('sends what a function returns that does not stream as it is', async (t) => {
    const code = 'exports.handler = async () => ({ statusCode: 404, body: "not read" });';
    const { urlOf } = await deployUrls(t, { returning: { code, invokeMode } });
    const response = await fetch(urlOf('returning'));
    assert.deepEqual([response.status, await response.text()], [200, '{"statusCode":404,"body":"not read"}']);
  });

  it('answers 502 for a failure before the first part, and cuts the response after it', async (t) => {
    const { urlOf } = await deployUrls(t, {
      early: {
        code: 'exports.handler = awslambda.streamifyResponse(async () => { throw new Error("no"); });',
        invokeMode,
      },
      late: {
        code: 'exports.handler = awslambda.streamifyResponse(async (e, s) => { s.write("part"); throw new Error("no"); });',
        invokeMode,
      },
      notAsync: { code: 'exports.handler = awslambda.streamifyResponse((e, s) => { s.end("x"); });' },
      badPrelude: {
        code: `exports.handler = awslambda.streamifyResponse(async (e, s) => {
          awslambda.HttpResponseStream.from(s, { statusCode: 42 }); s.end("x"); });`,
        invokeMode,
      },
    });
    for (const name of ['early', 'notAsync', 'badPrelude']) {
      const response = await fetch(urlOf(name));
      assert.deepEqual([response.status, await response.text()], [502, 'Internal Server Error'], name);
    }
    const response = await fetch(urlOf('late'));
    assert.equal(response.status, 200);
    await assert.rejects(response.text());
  });

  it('goes on when the client leaves, and serves the next one', async (t) => {
    const code = `let calls = 0;
      exports.handler = awslambda.streamifyResponse(async (event, stream) => {
        calls += 1;
        if (calls > 1) { stream.end('call ' + calls); return; }
        for (let i = 0; i < 300; i += 1) stream.write(Buffer.alloc(100_000));
        stream.end();
      });`;
    const { urlOf } = await deployUrls(t, {
      left: { code, invokeMode, settings: { Timeout: 30, ReservedConcurrentExecutions: 1 } },
    });
    const response = await fetch(urlOf('left'));
    await response.body?.cancel();
    let next = await fetch(urlOf('left'));
    while (next.status === 429) next = await fetch(urlOf('left'));
    assert.equal(await next.text(), 'call 2');
  });

  it('gives the whole response to Invoke', async (t) => {
    const code = `exports.handler = awslambda.streamifyResponse(async (e, s) => { s.write('{"a"'); s.end(':1}'); });`;
    const { urlOf, clientConfig } = await deployUrls(t, { whole: { code } });
    const lambda = new LambdaClient(clientConfig);
    t.after(() => lambda.destroy());
    const { Payload } = await lambda.send(new InvokeCommand({ FunctionName: 'whole' }));
    assert.equal(Payload?.transformToString(), '{"a":1}');
    assert.deepEqual(await (await fetch(urlOf('whole'))).json(), { a: 1 });
  });
});
