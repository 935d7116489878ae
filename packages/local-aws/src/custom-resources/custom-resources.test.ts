import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { DescribeStackEventsCommand } from '@aws-sdk/client-cloudformation';
import { ProviderRig, respond, serviceToken, thing } from './custom-resources.fixture.ts';

describe('a custom resource', () => {
  let rig: ProviderRig;
  before(async () => {
    rig = await ProviderRig.start();
  });
  after(() => rig[Symbol.asyncDispose]());

  it('is made by the provider, which gets all scalars as strings', async () => {
    await rig.create('made', {
      Resources: {
        Thing: {
          Type: 'AWS::CloudFormation::CustomResource',
          Version: 1.0,
          Properties: {
            ServiceToken: serviceToken,
            ServiceTimeout: 60,
            Count: 3,
            Nested: { On: true, List: [1, { A: 1.5 }], Region: { Ref: 'AWS::Region' } },
          },
        },
      },
    });
    const request = await rig.answer();
    await rig.end('made', 'CREATE_COMPLETE');
    const { ResponseURL, RequestId, StackId, ...rest } = request;
    assert.match(ResponseURL, /^http:\/\/localhost:\d+\/_local\/custom-resources\/[\w-]{43}$/);
    assert.match(RequestId, /^[0-9a-f-]{36}$/);
    assert.match(StackId, /^arn:aws:cloudformation:us-east-1:000000000000:stack\/made\//);
    assert.deepEqual(rest, {
      RequestType: 'Create',
      ServiceToken: serviceToken,
      LogicalResourceId: 'Thing',
      ResourceType: 'AWS::CloudFormation::CustomResource',
      ResourceProperties: {
        ServiceToken: serviceToken,
        ServiceTimeout: '60',
        Count: '3',
        Nested: { On: 'true', List: ['1', { A: '1.5' }], Region: 'us-east-1' },
      },
    });
  });

  it('has the id and the attributes that the provider answers', async () => {
    const outputs = {
      Id: { Ref: 'Thing' },
      Name: { 'Fn::GetAtt': ['Thing', 'Name'] },
      Deep: { 'Fn::GetAtt': ['Thing', 'a.b.c'] },
      Count: { 'Fn::Join': [' ', [{ 'Fn::GetAtt': ['Thing', 'Count'] }, 'things']] },
      Joined: { 'Fn::Join': ['+', { 'Fn::GetAtt': ['Thing', 'List'] }] },
    };
    await rig.create('attributes', thing({}, outputs));
    await rig.answer({ PhysicalResourceId: 'p', Data: { Name: 'n', 'a.b.c': 'deep', Count: 2, List: ['x', 'y'] } });
    await rig.end('attributes', 'CREATE_COMPLETE');
    assert.deepEqual(await rig.outputs('attributes'), {
      Id: 'p',
      Name: 'n',
      Deep: 'deep',
      Count: '2 things',
      Joined: 'x+y',
    });
  });

  it('keeps attributes that the provider calls secret out of events, and shows them in outputs', async () => {
    const name = { 'Fn::Join': ['-', ['queue', { 'Fn::GetAtt': ['Thing', 'Secret'] }]] };
    const queue = { Type: 'AWS::SQS::Queue', Properties: { QueueName: name } };
    await rig.create('secret', thing({}, { Name: name }, { Queue: queue }));
    await rig.answer({ NoEcho: true, Data: { Secret: 'hush' } });
    await rig.end('secret', 'CREATE_COMPLETE');
    const { StackEvents = [] } = await rig.client.send(new DescribeStackEventsCommand({ StackName: 'secret' }));
    const made = StackEvents.find(({ LogicalResourceId }) => LogicalResourceId === 'Queue');
    assert.equal(made?.ResourceProperties, '{"QueueName":"queue-****"}');
    assert.deepEqual(await rig.outputs('secret'), { Name: 'queue-hush' });
  });

  it('fails what refers to an attribute that it does not have', async () => {
    await rig.create('lacking', thing({}, { Name: { 'Fn::GetAtt': ['Thing', 'Name'] } }));
    await rig.answer();
    assert.equal((await rig.answer()).RequestType, 'Delete');
    await rig.end('lacking', 'ROLLBACK_COMPLETE');
    const { StackEvents = [] } = await rig.client.send(new DescribeStackEventsCommand({ StackName: 'lacking' }));
    const reasons = StackEvents.map(({ ResourceStatusReason = '' }) => ResourceStatusReason).join('\n');
    assert.match(reasons, /CustomResource attribute error: Vendor response doesn't contain Name attribute/);
  });

  it('is updated with its old properties, and only when they change', async () => {
    await rig.create('updated', thing({ Size: 1 }));
    await rig.answer();
    await rig.end('updated', 'CREATE_COMPLETE');
    await rig.update('updated', thing({ Size: 2 }));
    const { RequestType, PhysicalResourceId, ResourceProperties, OldResourceProperties } = await rig.answer();
    await rig.end('updated', 'UPDATE_COMPLETE');
    assert.deepEqual(
      { RequestType, PhysicalResourceId, ResourceProperties, OldResourceProperties },
      {
        RequestType: 'Update',
        PhysicalResourceId: 'thing-1',
        ResourceProperties: { ServiceToken: serviceToken, Size: '2' },
        OldResourceProperties: { ServiceToken: serviceToken, Size: '1' },
      },
    );
    await assert.rejects(rig.update('updated', thing({ Size: 2 })), /No updates are to be performed/);
  });

  it('is replaced when an update answers another id: the old one is deleted after the update', async () => {
    await rig.create('replaced', thing({ Size: 1 }, { Id: { Ref: 'Thing' } }));
    await rig.answer();
    await rig.end('replaced', 'CREATE_COMPLETE');
    await rig.update('replaced', thing({ Size: 2 }, { Id: { Ref: 'Thing' } }));
    await rig.answer({ PhysicalResourceId: 'thing-2' });
    const { RequestType, PhysicalResourceId, ResourceProperties } = await rig.request().then(async (request) => {
      assert.equal(await rig.status('replaced'), 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS');
      await respond(request);
      return request;
    });
    assert.deepEqual([RequestType, PhysicalResourceId], ['Delete', 'thing-1']);
    assert.deepEqual(ResourceProperties, { ServiceToken: serviceToken, Size: '1' });
    await rig.end('replaced', 'UPDATE_COMPLETE');
    assert.deepEqual(await rig.outputs('replaced'), { Id: 'thing-2' });
    await rig.delete('replaced');
    assert.equal((await rig.answer()).PhysicalResourceId, 'thing-2');
  });

  it('says why it failed, and is deleted by the id that the failure names', async () => {
    await rig.create('failed', thing());
    const { RequestId } = await rig.answer({ Status: 'FAILED', Reason: 'no room', PhysicalResourceId: 'half' });
    const { RequestType, PhysicalResourceId } = await rig.answer();
    assert.deepEqual([RequestType, PhysicalResourceId], ['Delete', 'half']);
    await rig.end('failed', 'ROLLBACK_COMPLETE');
    assert.deepEqual(await rig.failures('failed'), [
      `Thing: Received response status [FAILED] from custom resource. Message returned: no room (RequestId: ${RequestId})`,
    ]);
  });

  for (const [fault, answer, reason] of [
    ['has more than 4 KB', { Data: { text: 'x'.repeat(4096) } }, /: Response object is too long\.$/],
    ['is no JSON', 'done', /: Response is not valid JSON$/],
    ['has another status', { Status: 'OK' }, /: Invalid Response object: 'OK' is not a valid ResponseStatus$/],
    ['lacks an id', { PhysicalResourceId: '' }, /: Invalid PhysicalResourceId$/],
    ['fails without an id', { Status: 'FAILED', PhysicalResourceId: '' }, /: Invalid PhysicalResourceId$/],
    ['has an id of more than 1 KB', { PhysicalResourceId: 'x'.repeat(1025) }, /: Invalid PhysicalResourceId$/],
    ['is of another request', { RequestId: 'other' }, /Value of property RequestId must be that of the request/],
    ['has data that are no object', { Data: 'text' }, /Value of property Data must be an object/],
  ] as const) {
    it(`fails when its response ${fault}, and is deleted by an id that CloudFormation makes`, async () => {
      const name = `bad-${fault.replaceAll(/\W/g, '-')}`;
      await rig.create(name, thing());
      await respond(await rig.request(), answer as Parameters<typeof respond>[1]);
      const { RequestType, PhysicalResourceId = '' } = await rig.answer();
      assert.equal(RequestType, 'Delete');
      assert.match(PhysicalResourceId, new RegExp(`^${name}-Thing-[0-9A-Z]{12}$`));
      await rig.end(name, 'ROLLBACK_COMPLETE');
      assert.match((await rig.failures(name)).join('\n'), reason);
    });
  }

  it('fails when the service timeout is over', async () => {
    await rig.create('late', thing({ ServiceTimeout: 30 }));
    const request = await rig.request();
    await rig.clock.advance(30_000);
    const deletion = await rig.answer();
    assert.equal(deletion.RequestType, 'Delete');
    await rig.end('late', 'ROLLBACK_COMPLETE');
    assert.match(
      (await rig.failures('late')).join('\n'),
      new RegExp(
        `^Thing: CloudFormation did not receive a response from your Custom Resource\\. Please check your logs for requestId \\[${request.RequestId}\\]`,
      ),
    );
    assert.equal((await respond(request)).status, 403);
  });

  it('has an hour without a service timeout', async () => {
    await rig.create('hour', thing());
    const request = await rig.request();
    await rig.clock.advance(3_599_000);
    await respond(request);
    await rig.end('hour', 'CREATE_COMPLETE');
  });

  it('stays when its deletion fails', async () => {
    await rig.create('stuck', thing());
    await rig.answer();
    await rig.end('stuck', 'CREATE_COMPLETE');
    await rig.delete('stuck');
    await rig.answer({ Status: 'FAILED', Reason: 'in use' });
    await rig.end('stuck', 'DELETE_FAILED');
    assert.match((await rig.failures('stuck')).join('\n'), /Message returned: in use/);
    assert.equal(await rig.physicalId('stuck', 'Thing'), 'thing-1');
  });

  it('goes back to its old properties when the update of the stack fails', async () => {
    await rig.create('back', thing({ Size: 1 }));
    await rig.answer();
    await rig.end('back', 'CREATE_COMPLETE');
    const parameter = { Type: 'AWS::SSM::Parameter', DependsOn: 'Thing', Properties: { Type: 'String', Value: '' } };
    await rig.update('back', thing({ Size: 2 }, {}, { Bad: parameter }));
    await rig.answer({ PhysicalResourceId: 'thing-2' });
    const back = await rig.answer({ PhysicalResourceId: 'thing-1' });
    assert.deepEqual([back.RequestType, back.PhysicalResourceId], ['Update', 'thing-2']);
    assert.deepEqual(back.ResourceProperties, { ServiceToken: serviceToken, Size: '1' });
    assert.deepEqual(back.OldResourceProperties, { ServiceToken: serviceToken, Size: '2' });
    const cleanup = await rig.answer();
    assert.deepEqual([cleanup.RequestType, cleanup.PhysicalResourceId], ['Delete', 'thing-2']);
    await rig.end('back', 'UPDATE_ROLLBACK_COMPLETE');
    await rig.delete('back');
    assert.equal((await rig.answer()).PhysicalResourceId, 'thing-1');
    await assert.rejects(rig.end('back', 'DELETE_COMPLETE'), /does not exist/);
  });

  it('gets the values of Parameter Store in every request, also as its service token', async () => {
    const parameter = (Name: string, Value: string) => ({
      Type: 'AWS::SSM::Parameter',
      Properties: { Name, Type: 'String', Value },
    });
    const Resources = { Token: parameter('/token', serviceToken), Size: parameter('/size', '7') };
    await rig.create('values', { Resources });
    await rig.end('values', 'CREATE_COMPLETE');
    const sized = (Color: string) =>
      thing({ ServiceToken: '{{resolve:ssm:/token}}', Size: '{{resolve:ssm:/size}}', Color });
    const values = (Color: string) => ({ ServiceToken: serviceToken, Size: '7', Color });
    await rig.create('referring', sized('red'));
    assert.deepEqual((await rig.answer()).ResourceProperties, values('red'));
    await rig.end('referring', 'CREATE_COMPLETE');
    await rig.update('referring', sized('blue'));
    assert.deepEqual((await rig.answer()).OldResourceProperties, values('red'));
    await rig.end('referring', 'UPDATE_COMPLETE');
    await rig.delete('referring');
    assert.deepEqual((await rig.answer()).ResourceProperties, values('blue'));
  });

  it('keeps its service token: a change fails before a request is sent', async () => {
    await rig.create('token', thing());
    await rig.answer();
    await rig.end('token', 'CREATE_COMPLETE');
    await rig.update('token', thing({ ServiceToken: `${serviceToken}-2` }));
    await rig.end('token', 'UPDATE_ROLLBACK_COMPLETE');
    assert.deepEqual(await rig.failures('token'), ['Thing: Modifying service token is not allowed.']);
  });

  it('is not updated for tags of the stack', async () => {
    await rig.create('tags', thing());
    await rig.answer();
    await rig.end('tags', 'CREATE_COMPLETE');
    const { UpdateStackCommand } = await import('@aws-sdk/client-cloudformation');
    const Tags = [{ Key: 'a', Value: 'b' }];
    await rig.client.send(new UpdateStackCommand({ StackName: 'tags', UsePreviousTemplate: true, Tags }));
    await rig.end('tags', 'UPDATE_COMPLETE');
  });

  it('whose request cannot be sent fails, and nothing is left to delete', async () => {
    await rig.create('nowhere', thing({ ServiceToken: 'arn:aws:lambda:us-east-1:000000000000:function:none' }));
    await rig.end('nowhere', 'ROLLBACK_COMPLETE');
    assert.match((await rig.failures('nowhere')).join('\n'), /^Thing: Function not found: .*:none/);
    await rig.create('elsewhere', thing({ ServiceToken: 'arn:aws:lambda:eu-west-1:000000000000:function:none' }));
    await rig.end('elsewhere', 'ROLLBACK_COMPLETE');
    assert.match((await rig.failures('elsewhere')).join('\n'), /^Thing: Invalid service token/);
  });

  it('is checked before the stack is touched', async () => {
    for (const [properties, reason] of [
      [{ ServiceTimeout: 3601 }, /ServiceTimeout: must be an integer from 1 to 3600/],
      [{ ServiceTimeout: '0' }, /ServiceTimeout: must be an integer from 1 to 3600/],
      [{ Secret: '{{resolve:secretsmanager:s}}' }, /do not support dynamic references to Secrets Manager/],
    ] as const) {
      await assert.rejects(rig.create('checked', thing(properties)), reason);
    }
    const Resources = { Thing: { Type: 'Custom::Thing', Properties: {} } };
    await assert.rejects(rig.create('checked', { Resources }), /ServiceToken/);
    const unnamed = { Thing: { Type: 'Custom::', Properties: { ServiceToken: serviceToken } } };
    await assert.rejects(rig.create('checked', { Resources: unnamed }), /Unrecognized resource types: \[Custom:: /);
  });
});
