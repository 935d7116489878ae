import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CreateChangeSetCommand, CreateStackCommand } from '@aws-sdk/client-cloudformation';
import { type Rig, startRig, template } from './cloudformation.fixture.ts';

const StackName = 's';

/** The rule and the parameter that the CDK writes into every template. */
const bootstrapCheck = {
  Parameters: {
    BootstrapVersion: { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/cdk-bootstrap/hnb659fds/version' },
  },
  Rules: {
    CheckBootstrapVersion: {
      Assertions: [
        {
          Assert: { 'Fn::Not': [{ 'Fn::Contains': [['1', '2', '3', '4', '5'], { Ref: 'BootstrapVersion' }] }] },
          AssertDescription: 'CDK bootstrap stack version 6 required.',
        },
      ],
    },
  },
};

function create(rig: Rig, sections: Record<string, object>, parameters: Record<string, string> = {}): Promise<unknown> {
  const Parameters = Object.entries(parameters).map(([ParameterKey, ParameterValue]) => ({
    ParameterKey,
    ParameterValue,
  }));
  const TemplateBody = template({ A: {} }, sections);
  return rig.client.send(new CreateStackCommand({ StackName, TemplateBody, Parameters }));
}

const rule = (Assert: object, more: object = {}) => ({ Rules: { Rule: { Assertions: [{ Assert }], ...more } } });
const failed = { name: 'ValidationError', message: /^Rule validation failed: Rule: / };

test('an assertion that does not hold refuses the stack with its description', async () => {
  await using rig = await startRig();
  rig.world.parameters.set('/cdk-bootstrap/hnb659fds/version', '5');
  await assert.rejects(create(rig, bootstrapCheck), {
    name: 'ValidationError',
    message: 'Rule validation failed: CheckBootstrapVersion: CDK bootstrap stack version 6 required.',
  });
  assert.deepEqual(rig.world.log, []);
});

test('a change set is refused as well, and leaves no stack behind', async () => {
  await using rig = await startRig();
  rig.world.parameters.set('/cdk-bootstrap/hnb659fds/version', '3');
  const TemplateBody = template({ A: {} }, bootstrapCheck);
  await assert.rejects(
    rig.client.send(
      new CreateChangeSetCommand({ StackName, ChangeSetName: 'c', ChangeSetType: 'CREATE', TemplateBody }),
    ),
    { name: 'ValidationError', message: /bootstrap stack version 6 required/ },
  );
  await assert.rejects(rig.status(StackName), /does not exist/);
});

test('a stack whose assertions hold is created', async () => {
  await using rig = await startRig();
  rig.world.parameters.set('/cdk-bootstrap/hnb659fds/version', '32');
  await create(rig, bootstrapCheck);
  await rig.cloudFormation.idle();
  assert.equal(await rig.status(StackName), 'CREATE_COMPLETE');
});

test('assertions count only if the condition of their rule holds', async () => {
  await using rig = await startRig();
  const never = { 'Fn::Equals': ['a', 'b'] };
  const sections = {
    Parameters: { Stage: { Type: 'String' } },
    ...rule(never, { RuleCondition: { 'Fn::Equals': [{ Ref: 'Stage' }, 'prod'] } }),
  };
  await assert.rejects(create(rig, sections, { Stage: 'prod' }), failed);
  await create(rig, sections, { Stage: 'dev' });
});

test('all functions of rules over lists hold and fail as documented', async () => {
  const Parameters = { Zones: { Type: 'CommaDelimitedList' } };
  const zones = { Ref: 'Zones' };
  for (const [Assert, holds, fails] of [
    [{ 'Fn::EachMemberEquals': [zones, 'a'] }, 'a,a', 'a,b'],
    [{ 'Fn::EachMemberIn': [zones, ['a', 'b']] }, 'b,a', 'a,c'],
    [{ 'Fn::Contains': [zones, 'c'] }, 'a,c', 'a,b'],
    [{ 'Fn::And': [{ 'Fn::Contains': [zones, 'a'] }, { 'Fn::Contains': [zones, 'b'] }] }, 'a,b', 'a'],
    [{ 'Fn::Or': [{ 'Fn::Contains': [zones, 'a'] }, { 'Fn::Contains': [zones, 'b'] }] }, 'b', 'c'],
  ] as const) {
    await using rig = await startRig();
    await assert.rejects(create(rig, { Parameters, ...rule(Assert) }, { Zones: fails }), failed);
    await create(rig, { Parameters, ...rule(Assert) }, { Zones: holds });
  }
});

test('rules that cannot be evaluated are refused, and say why', async () => {
  await using rig = await startRig();
  const refused = async (sections: Record<string, object>, message: RegExp) =>
    assert.rejects(create(rig, sections), { name: 'ValidationError', message });
  await refused({ Rules: { R: {} } }, /\/Rules\/R\] Assertions/);
  await refused(rule({ 'Fn::Equals': [{ Ref: 'A' }, 'a'] }), /Cannot reference resources in the Rules block/);
  await refused(rule({ Condition: 'C' }), /Rules can only be boolean operations on parameters/);
  await refused(rule({ 'Fn::Contains': ['a', 'a'] }), /Fn::Contains requires a list of strings/);
  await refused(
    rule({ 'Fn::EachMemberIn': [{ 'Fn::ValueOfAll': ['AWS::EC2::Subnet::Id', 'VpcId'] }, ['a']] }),
    /unsupported function Fn::ValueOfAll/,
  );
});
