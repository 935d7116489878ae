import assert from 'node:assert/strict';
import { it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { deployUrls } from '../lambda/urls/urls.fixture.ts';
import type { ApiView, Commands, Topology, Trace } from './api-types.ts';

it('shows a function URL as an API that invokes its function, with the requests to it', async (t) => {
  const code = 'exports.handler = async ({ rawPath }) => ({ statusCode: 200, body: rawPath });';
  const { url, urlOf } = await deployUrls(t, { asked: { code } });
  const get = async <T>(path: string): Promise<T> => JSON.parse(await (await fetch(`${url}/_local/api${path}`)).text());
  const traceId = '1-66666666-abcdefabcdefabcdefabcdef';
  const response = await fetch(`${urlOf('asked')}there`, { headers: { 'x-amzn-trace-id': `Root=${traceId}` } });
  assert.equal(await response.text(), '/there');

  const functionArn = 'arn:aws:lambda:us-east-1:000000000000:function:asked';
  const { nodes, edges } = await get<Topology>('/topology');
  const api = nodes.find(({ name }) => name === 'asked URL');
  const route = nodes.find(({ parentId }) => parentId === api?.id);
  assert.equal(api?.kind, 'api');
  assert(edges.some(({ from, to, kind }) => from === route?.id && to === functionArn && kind === 'invokes'));

  const [listed] = await get<ApiView[]>('/apis');
  assert.equal(`${url}${listed?.path}/`, urlOf('asked'));

  let trace = await get<Trace>(`/traces/${traceId}`);
  for (let tries = 0; tries < 200 && trace.spans.some(({ status }) => status === 'running'); tries += 1) {
    await pause(10);
    trace = await get<Trace>(`/traces/${traceId}`);
  }
  assert.deepEqual(
    trace.spans.map(({ kind, resource }) => [kind, resource]),
    [
      ['request', 'asked URL'],
      ['invocation', 'asked'],
    ],
  );
  const { curl } = await get<Commands>(`/traces/${traceId}/spans/${trace.spans[0]?.spanId}/commands`);
  assert.match(curl ?? '', new RegExp(`${urlOf('asked')}there`));
});
