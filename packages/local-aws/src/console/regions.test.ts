import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { ListQueuesCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import * as z from 'zod';
import { type Clients, clientsIn, idsIn } from '../composition/region-clients.fixture.ts';
import { account, deployShop, east, frankfurt } from '../composition/regions.fixture.ts';
import { type Endpoint, startEndpoint } from '../endpoint.ts';
import { until } from '../testing/until.ts';

const placed = { region: z.string(), stack: z.string().optional() };
const topologySchema = z.object({
  stacks: z.array(z.object({ name: z.string(), region: z.string() })),
  nodes: z.array(z.object({ ...placed, id: z.string(), kind: z.string(), name: z.string() })),
  edges: z.array(z.object({ from: z.string(), to: z.string() })),
});
const messagesSchema = z.object({ messages: z.array(z.object({ body: z.string() })) });
const tracesSchema = z.object({ traces: z.array(z.object({ traceId: z.string() })) });
const spansSchema = z.object({
  spans: z.array(z.object({ kind: z.string(), nodeId: z.string().nullable() })),
});

describe('the control API and the console', () => {
  let endpoint: Endpoint;
  let there: Clients;
  before(async () => {
    endpoint = await startEndpoint();
    await deployShop(endpoint, east);
    await deployShop(endpoint, frankfurt);
    there = clientsIn(frankfurt, endpoint);
  });
  after(() => endpoint.close());

  const label = `shop (${frankfurt})`;
  const ask = async (path: string, body?: object) => {
    const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
    const answer = await fetch(`${endpoint.url}/_local/api${path}`, body && init);
    assert.ok(answer.ok, `${path} ${answer.status} ${await answer.clone().text()}`);
    return answer.status === 204 ? undefined : answer.json();
  };
  const put = (id: string) =>
    there.dynamoDb.send(new PutItemCommand({ TableName: 'things', Item: { id: { S: id }, region: { S: 'put' } } }));

  it('show the stacks and resources of every region, with the region', async () => {
    const { stacks, nodes, edges } = topologySchema.parse(await ask('/topology'));
    assert.deepEqual(
      stacks.map(({ name, region }) => [name, region]),
      [
        ['shop', east],
        [label, frankfurt],
      ],
    );
    const functions = nodes.filter(({ kind }) => kind === 'function');
    assert.deepEqual(
      functions.map(({ id, name, stack, region }) => [id, name, stack, region]),
      [
        [`arn:aws:lambda:${east}:${account}:function:show`, 'show', 'shop', east],
        [`arn:aws:lambda:${frankfurt}:${account}:function:show`, 'show', label, frankfurt],
      ],
    );
    const regionsOf = ({ from, to }: { from: string; to: string }) =>
      [from, to].map((id) => /(?:us|eu)-\w+-1/.exec(id)?.[0]);
    assert.ok(edges.length > 0);
    assert.deepEqual(
      edges.filter((edge) => new Set(regionsOf(edge)).size > 1),
      [],
    );
  });

  it('read and call what is in the region that they are asked for', async () => {
    await put('counted');
    await there.sqs.send(
      new SendMessageCommand({ QueueUrl: `${endpoint.url}/${account}/changes`, MessageBody: 'peeked' }),
    );
    const peeked = async (query: string) =>
      messagesSchema.parse(await ask(`/queues/changes/messages${query}`)).messages.map(({ body }) => body);
    assert.deepEqual(await peeked(''), []);
    assert.ok((await peeked(`?region=${frankfurt}`)).includes('peeked'));
    const count = async (query: string) =>
      Object(await ask(`/aws/dynamodb/Scan${query}`, { TableName: 'things', Select: 'COUNT' })).Count;
    assert.deepEqual([await count(''), await count(`?region=${frankfurt}`)], [0, 1]);
    const { nodes } = z
      .object({ nodes: z.record(z.string(), z.object({ items: z.number().optional() })) })
      .parse(await ask('/counts'));
    assert.deepEqual(
      [east, frankfurt].map((region) => nodes[`arn:aws:dynamodb:${region}:${account}:table/things`]?.items ?? 0),
      [0, 1],
    );
  });

  it('trace what happens in a region to the resources of that region', async () => {
    await put('traced');
    const spans = await until('the spans of the mapping', async () => {
      const { traces } = tracesSchema.parse(await ask('/traces?resource=show'));
      const found = await Promise.all(
        traces.map(async ({ traceId }) => spansSchema.parse(await ask(`/traces/${traceId}`))),
      );
      const invoked = found.flatMap((trace) => trace.spans).filter(({ kind }) => kind === 'invocation');
      return invoked.length > 0 && invoked;
    });
    assert.deepEqual(
      [...new Set(spans.map(({ nodeId }) => nodeId))],
      [`arn:aws:lambda:${frankfurt}:${account}:function:show`],
    );
  });

  it('save, empty and put back the data of every region', async () => {
    await put('saved');
    const before = await idsIn(there);
    await ask('/snapshots/both', {});
    await ask('/reset', {});
    assert.deepEqual(await idsIn(there), []);
    await ask('/snapshots/both/load', {});
    assert.deepEqual((await idsIn(there)).toSorted(), before.toSorted());
  });

  it('deploy to a region', async () => {
    const template = { Resources: { Queue: { Type: 'AWS::SQS::Queue' } } };
    const answer = await fetch(`${endpoint.url}/_local/api/stacks/small`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ template, region: 'ap-south-1' }),
    });
    const { name, region, status } = Object(await answer.json());
    assert.deepEqual([name, region, status], ['small', 'ap-south-1', 'CREATE_COMPLETE']);
    const { QueueUrls = [] } = await clientsIn('ap-south-1', endpoint).sqs.send(new ListQueuesCommand());
    assert.equal(QueueUrls.length, 1);
  });
});
