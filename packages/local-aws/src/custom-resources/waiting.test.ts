import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { until } from '../testing/until.ts';
import { ProviderRig, respond, serviceToken, thing } from './custom-resources.fixture.ts';

describe('a stack that waits for a response', () => {
  it('holds up no other stack, whichever way that is deployed', async () => {
    await using rig = await ProviderRig.start();
    await rig.create('waiting', thing());
    const request = await rig.request();
    await rig.create('other', { Resources: { Queue: { Type: 'AWS::SQS::Queue' } } });
    await rig.end('other', 'CREATE_COMPLETE');
    const template = { Resources: { Topic: { Type: 'AWS::SNS::Topic' } } };
    const answer = await fetch(`${rig.endpoint.url}/_local/api/stacks/third`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ template }),
    });
    assert.equal(answer.status, 200);
    assert.equal(await rig.status('waiting'), 'CREATE_IN_PROGRESS');
    const idle = await fetch(`${rig.endpoint.url}/_local/api/idle`);
    assert.deepEqual(await idle.json(), {
      isIdle: false,
      busy: [
        { kind: 'stack', name: 'waiting', reason: 'CREATE_IN_PROGRESS' },
        { kind: 'stack', name: 'waiting', reason: `Thing waits for a response of ${serviceToken}` },
      ],
    });
    await respond(request);
    await rig.end('waiting', 'CREATE_COMPLETE');
  });

  it('stops waiting when it is deleted, and the deletion asks the provider', async () => {
    await using rig = await ProviderRig.start();
    await rig.create('dropped', thing());
    const creation = await rig.request();
    await rig.delete('dropped');
    const deletion = await rig.request();
    assert.equal(deletion.RequestType, 'Delete');
    assert.deepEqual(await rig.failures('dropped'), ['Thing: Resource creation cancelled']);
    assert.equal((await respond(creation)).status, 403);
    await respond(deletion);
    await until('the deletion', () =>
      rig.status('dropped').then(
        () => false,
        () => true,
      ),
    );
  });

  it('stops waiting when another resource fails', async () => {
    await using rig = await ProviderRig.start();
    const second = {
      Type: 'Custom::Thing',
      Properties: { ServiceToken: serviceToken },
    };
    await rig.create('halves', thing({ Name: 'first' }, {}, { Second: second }));
    const requests = [await rig.request(), await rig.request()];
    const failing = requests.find(({ LogicalResourceId }) => LogicalResourceId === 'Second');
    assert.ok(failing);
    await respond(failing, { Status: 'FAILED', Reason: 'no', PhysicalResourceId: 'second' });
    await rig.answer();
    await rig.answer();
    await rig.end('halves', 'ROLLBACK_COMPLETE');
    const failures = await rig.failures('halves');
    assert.ok(failures.includes('Thing: Resource creation cancelled'), failures.join('\n'));
  });

  it('does not keep the endpoint from closing, and has failed after the next start', async (t) => {
    const directory = mkdtempSync(join(tmpdir(), 'custom-resources-'));
    t.after(() => rmSync(directory, { recursive: true }));
    {
      await using rig = await ProviderRig.start(directory);
      await rig.create('made', thing());
      await rig.answer();
      await rig.end('made', 'CREATE_COMPLETE');
      await rig.create('cut', thing());
      await rig.request();
    }
    await using rig = await ProviderRig.start(directory);
    assert.equal(await rig.status('cut'), 'CREATE_FAILED');
    assert.deepEqual(await rig.failures('cut'), [
      'cut: The local endpoint stopped while the operation was in progress.',
    ]);
    await rig.delete('cut');
    const deletion = await rig.answer();
    assert.equal(deletion.RequestType, 'Delete');
    assert.match(deletion.PhysicalResourceId ?? '', /^cut-Thing-/);
    await rig.delete('made');
    assert.equal((await rig.answer()).PhysicalResourceId, 'thing-1');
  });
});

describe('the address for a response', () => {
  it('takes one response, by PUT, from programs', async () => {
    await using rig = await ProviderRig.start();
    await rig.create('guarded', thing());
    const request = await rig.request();
    const { ResponseURL } = request;
    const page = { origin: 'https://example.com', 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'cors' };
    const statuses = [
      (await fetch(ResponseURL)).status,
      (await fetch(ResponseURL, { method: 'POST', body: '{}' })).status,
      (await fetch(`${ResponseURL}x`, { method: 'PUT', body: '{}' })).status,
      (await fetch(ResponseURL, { method: 'PUT', headers: page, body: '{}' })).status,
      (await fetch(ResponseURL, { method: 'OPTIONS', headers: page })).status,
      (await respond(request)).status,
      (await respond(request, { Status: 'FAILED' })).status,
    ];
    assert.deepEqual(statuses, [405, 405, 403, 403, 403, 200, 403]);
    await rig.end('guarded', 'CREATE_COMPLETE');
  });
});
