import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  CreateStackCommand,
  type CreateStackCommandInput,
  DescribeStacksCommand,
  GetTemplateSummaryCommand,
  UpdateStackCommand,
  ValidateTemplateCommand,
} from '@aws-sdk/client-cloudformation';
import fc from 'fast-check';
import { AwsError } from '../core/aws-error.ts';
import { startRig, template } from './cloudformation.fixture.ts';
import { parseTemplate } from './template.ts';

const refusals: [what: string, templateBody: string, message: RegExp][] = [
  ['text', 'hello', /unsupported structure/],
  ['broken YAML', 'Resources: [', /YAML not well-formed/],
  ['an alias', 'Resources: &r {A: {Type: Test::Fake::Thing}}\nMetadata: *r', /YAML not well-formed/],
  ['no resources', '{"Resources":{}}', /At least one Resources member must be defined/],
  ['an unknown section', template({ A: {} }, { Stuff: {} }), /Invalid template property or properties \[Stuff\]/],
  [
    'a macro',
    template({ A: {} }, { Transform: ['AWS::Serverless-2016-10-31'] }),
    /Transform AWS::Serverless-2016-10-31 is not supported/,
  ],
  [
    'a SAM template with sections of its own',
    template({ A: {} }, { Transform: ['AWS::Serverless-2016-10-31'], Globals: { Function: { Timeout: 3 } } }),
    /Transform AWS::Serverless-2016-10-31 is not supported/,
  ],
  ['an odd logical id', template({ 'a-b': {} }), /name a-b is non alphanumeric/],
  ['no type', '{"Resources":{"A":{}}}', /Every Resources object must contain a Type member/],
  ['an unknown attribute', template({ A: { Property: {} } }), /Invalid resource attribute: Property/],
  ['an update policy', template({ A: { UpdatePolicy: {} } }), /Resource A .*UpdatePolicy is not supported/],
  [
    'another update policy of an alias',
    template({ A: { Type: 'AWS::Lambda::Alias', UpdatePolicy: { AutoScalingRollingUpdate: {} } } }),
    /Resource A .*UpdatePolicy.AutoScalingRollingUpdate is not supported/,
  ],
  [
    'an update policy without its deployment group',
    template({
      A: { Type: 'AWS::Lambda::Alias', UpdatePolicy: { CodeDeployLambdaAliasUpdate: { ApplicationName: 'a' } } },
    }),
    /CodeDeployLambdaAliasUpdate lacks DeploymentGroupName/,
  ],
  ['a snapshot', template({ A: { DeletionPolicy: 'Snapshot' } }), /does not support Snapshot/],
  [
    'null',
    template({ A: { Properties: { Value: null } } }),
    /\[\/Resources\/A\/Properties\/Value\] 'null' values are not allowed/,
  ],
  [
    'a missing resource',
    template({ A: { Properties: { Value: { Ref: 'B' } } } }),
    /Unresolved resource dependencies \[B\] in the Resources block/,
  ],
  [
    'a missing GetAtt',
    template({ A: { Properties: { Value: { 'Fn::GetAtt': 'B.Arn' } } } }),
    /Fn::GetAtt references undefined resource B/,
  ],
  ['a missing DependsOn', template({ A: { DependsOn: 'B' } }), /Unresolved resource dependencies \[B\]/],
  [
    'a dependency on a resource that is not made',
    template(
      { A: { DependsOn: 'B' }, B: { Condition: 'Never' } },
      { Conditions: { Never: { 'Fn::Equals': ['a', 'b'] } } },
    ),
    /Unresolved resource dependencies \[B\] in the Resources block/,
  ],
  ['a missing output', template({ A: {} }, { Outputs: { O: { Value: { Ref: 'B' } } } }), /\[B\] in the Outputs block/],
  ['a missing condition', template({ A: { Condition: 'Never' } }), /unresolved condition dependency Never/],
  [
    'a condition about a resource',
    template({ A: {} }, { Conditions: { C: { 'Fn::Equals': [{ Ref: 'A' }, 'x'] } } }),
    /Cannot reference resources in the Conditions block/,
  ],
  [
    'a condition about an export',
    template({ A: {} }, { Conditions: { C: { 'Fn::Not': [{ 'Fn::Equals': [{ 'Fn::ImportValue': 'e' }, 'x'] }] } } }),
    /Cannot use Fn::ImportValue in Conditions/,
  ],
  [
    'conditions in a circle',
    template({ A: {} }, { Conditions: { C: { 'Fn::Not': [{ Condition: 'C' }] } } }),
    /circular dependency between conditions/,
  ],
  [
    'a circle',
    template({ A: { DependsOn: 'B' }, B: { Properties: { Value: { Ref: 'A' } } }, C: {} }),
    /Circular dependency between resources: \[A, B\]/,
  ],
  [
    'itself',
    template({ A: { Properties: { Value: { 'Fn::Sub': `\${A}` } } } }),
    /Circular dependency between resources: \[A\]/,
  ],
  [
    'an unknown function',
    template({ A: { Properties: { Value: { 'Fn::Upper': 'x' } } } }),
    /unsupported function Fn::Upper/,
  ],
  [
    'a function in company',
    template({ A: { Properties: { Value: { 'Fn::Sub': 'x', Y: 1 } } } }),
    /must be the only member/,
  ],
  [
    'an unknown property',
    template({ A: { Properties: { Colour: 'red', Size: 1 } } }),
    /Resource A \(Test::Fake::Thing\): unsupported property Colour/,
  ],
  [
    'an unknown property with a reference',
    template({ A: {}, B: { Properties: { Colour: { Ref: 'A' } } } }),
    /Resource B .*unsupported property Colour/,
  ],
  [
    'a wrong value beside a reference',
    template({ A: {}, B: { Properties: { Value: { Ref: 'A' }, Size: 'big' } } }),
    /Resource B .*Size/,
  ],
  [
    'a dynamic reference to another service',
    template({ A: { Properties: { Value: '{{resolve:ssm-secure:/x}}' } } }),
    /Dynamic references.*ssm-secure/,
  ],
  [
    'a parameter that Parameter Store does not know',
    template({ A: {} }, { Parameters: { P: { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/x' } } }),
    /^Unable to fetch parameters \[\/x\] from parameter store for this account\.$/,
  ],
  [
    'a missing import',
    template({ A: { Properties: { Value: { 'Fn::ImportValue': 'x' } } } }),
    /^No export named x found\.$/,
  ],
  ['a nested stack', '{"Resources":{"A":{"Type":"AWS::CloudFormation::Stack"}}}', /AWS::CloudFormation::Stack \(A\)/],
];

test('what CloudFormation or the endpoint does not take is refused by name before anything is made', async () => {
  await using rig = await startRig();
  for (const [what, TemplateBody, message] of refusals) {
    await assert.rejects(
      rig.client.send(new CreateStackCommand({ StackName: 's', TemplateBody })),
      { name: 'ValidationError', message },
      what,
    );
  }
  assert.deepEqual(rig.world.log, []);
  assert.deepEqual(rig.cloudFormation.stacks(), []);
});

test('a value that is known only later is judged when it is known', async () => {
  await using rig = await startRig();
  const TemplateBody = template({
    A: { Properties: { Value: 'big' } },
    B: { Properties: { Size: { 'Fn::GetAtt': 'A.Value' } } },
  });
  await rig.client.send(new CreateStackCommand({ StackName: 's', TemplateBody }));
  await rig.cloudFormation.idle();
  assert.equal(await rig.status('s'), 'ROLLBACK_COMPLETE');
});

test('size limits are those of AWS', async () => {
  await using rig = await startRig();
  const create = (input: Partial<CreateStackCommandInput>) =>
    rig.client.send(new CreateStackCommand({ StackName: 's', ...input }));
  const padded = (size: number) => template({ A: {} }).padEnd(size);
  await assert.rejects(create({ TemplateBody: padded(51_201) }), { message: /length less than or equal to 51200/ });
  rig.objects.set('bucket/key', padded(1_000_001));
  await assert.rejects(create({ TemplateURL: 'https://s3.amazonaws.com/bucket/key' }), { message: /1000000 bytes/ });
  const many = template(Object.fromEntries(Array.from({ length: 501 }, (_, index) => [`R${index}`, {}])));
  await assert.rejects(create({ TemplateBody: many }), {
    message: 'Template format error: Number of resources, 501, is greater than maximum allowed, 500',
  });
  await assert.rejects(create({}), { message: 'Either Template URL or Template Body must be specified.' });
});

test('IAM resources need the capability', async () => {
  await using rig = await startRig();
  const role = (Properties: object) => JSON.stringify({ Resources: { R: { Type: 'AWS::IAM::Role', Properties } } });
  const create = (TemplateBody: string, Capabilities: ('CAPABILITY_IAM' | 'CAPABILITY_NAMED_IAM')[]) =>
    rig.client.send(new CreateStackCommand({ StackName: 's', TemplateBody, Capabilities }));
  const named = role({ RoleName: 'x' });
  const refused = (capability: string) => ({
    name: 'InsufficientCapabilitiesException',
    message: `Requires capabilities : [${capability}]`,
  });
  await assert.rejects(create(role({}), []), refused('CAPABILITY_IAM'));
  await assert.rejects(create(named, ['CAPABILITY_IAM']), refused('CAPABILITY_NAMED_IAM'));
  await create(named, ['CAPABILITY_NAMED_IAM']);
});

const parameters = {
  Parameters: {
    Stage: { Type: 'String', AllowedValues: ['dev', 'prod'], Default: 'dev' },
    Size: { Type: 'Number', MinValue: 1, MaxValue: 10, Default: 5 },
    Name: {
      Type: 'String',
      AllowedPattern: '[a-z]+',
      MinLength: 2,
      MaxLength: 5,
      ConstraintDescription: 'short and plain',
    },
    Zones: { Type: 'CommaDelimitedList', Default: 'a, b' },
    Secret: { Type: 'String', NoEcho: true, Default: 'hidden' },
  },
};

test('parameters are checked, defaulted and handed to the resources', async () => {
  await using rig = await startRig();
  const TemplateBody = template(
    {
      A: {
        Properties: {
          Value: { 'Fn::Sub': `\${Stage}-\${Name}-\${Secret}` },
          Size: { Ref: 'Size' },
          Items: { Ref: 'Zones' },
        },
      },
    },
    { ...parameters, Outputs: { Value: { Value: { 'Fn::GetAtt': 'A.Value' } } } },
  );
  const create = (values: Record<string, string>) =>
    rig.client.send(
      new CreateStackCommand({
        StackName: 's',
        TemplateBody,
        Parameters: Object.entries(values).map(([ParameterKey, ParameterValue]) => ({ ParameterKey, ParameterValue })),
      }),
    );
  await assert.rejects(create({}), { message: 'Parameters: [Name] must have values' });
  await assert.rejects(create({ Name: 'abc', Nope: '1' }), {
    message: 'Parameters: [Nope] do not exist in the template',
  });
  await assert.rejects(create({ Name: 'abc', Stage: 'x' }), {
    message: "Parameter 'Stage' must be one of AllowedValues",
  });
  await assert.rejects(create({ Name: 'abc', Size: '11' }), {
    message: "Parameter 'Size' must be a number not greater than 10",
  });
  await assert.rejects(create({ Name: 'abc', Size: 'x' }), { message: "Parameter 'Size' must be a number." });
  await assert.rejects(create({ Name: 'ABC' }), {
    message: 'Parameter Name failed to satisfy constraint: short and plain',
  });
  await create({ Name: 'abc' });
  await rig.cloudFormation.idle();
  assert.deepEqual(await rig.outputs('s'), { Value: 'dev-abc-hidden' });

  await rig.client.send(
    new UpdateStackCommand({
      StackName: 's',
      UsePreviousTemplate: true,
      Parameters: [
        { ParameterKey: 'Name', UsePreviousValue: true },
        { ParameterKey: 'Stage', ParameterValue: 'prod' },
      ],
    }),
  );
  await rig.cloudFormation.idle();
  assert.deepEqual(await rig.outputs('s'), { Value: 'prod-abc-hidden' });
});

test('the value of a NoEcho parameter is never shown', async () => {
  await using rig = await startRig();
  const TemplateBody = template({ A: {} }, { Parameters: { Secret: { Type: 'String', NoEcho: true, Default: 'x' } } });
  await rig.client.send(new CreateStackCommand({ StackName: 's', TemplateBody }));
  const { Parameters } = await rig.client.send(new ValidateTemplateCommand({ TemplateBody }));
  assert.equal(Parameters?.[0]?.NoEcho, true);
  const { Stacks } = await rig.client.send(new DescribeStacksCommand({ StackName: 's' }));
  assert.equal(Stacks?.[0]?.Parameters?.[0]?.ParameterValue, '****');
});

test('a value of Parameter Store is read with each update, also as a list', async () => {
  await using rig = await startRig();
  const body = template(
    { A: { Properties: { Value: { Ref: 'One' }, Items: { Ref: 'Many' } } } },
    {
      Parameters: {
        One: { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/one' },
        Many: { Type: 'AWS::SSM::Parameter::Value<List<String>>', Default: '/many' },
      },
      Outputs: { Second: { Value: { 'Fn::Select': [1, { Ref: 'Many' }] } } },
    },
  );
  rig.world.parameters.set('/one', 'first').set('/many', 'a, b');
  await rig.client.send(new CreateStackCommand({ StackName: 's', TemplateBody: body }));
  await rig.cloudFormation.idle();
  assert.deepEqual(
    [...rig.world.things.values()].map(({ value }) => value),
    ['first'],
  );
  assert.deepEqual(await rig.outputs('s'), { Second: 'b' });
  rig.world.parameters.set('/one', 'second');
  await rig.client.send(new UpdateStackCommand({ StackName: 's', TemplateBody: body }));
  await rig.cloudFormation.idle();
  assert.deepEqual(
    [...rig.world.things.values()].map(({ value }) => value),
    ['second'],
  );
});

test('a summary tells parameters, types and capabilities', async () => {
  await using rig = await startRig();
  const TemplateBody = JSON.stringify({
    Description: 'about roles',
    Parameters: { P: { Type: 'String' } },
    Resources: { R: { Type: 'AWS::IAM::Role', Properties: { RoleName: { Ref: 'P' } } } },
  });
  const summary = await rig.client.send(new GetTemplateSummaryCommand({ TemplateBody }));
  assert.equal(summary.Description, 'about roles');
  assert.deepEqual(summary.ResourceTypes, ['AWS::IAM::Role']);
  assert.deepEqual(summary.Capabilities, ['CAPABILITY_NAMED_IAM']);
  assert.deepEqual(
    summary.Parameters?.map(({ ParameterKey }) => ParameterKey),
    ['P'],
  );
});

test('whatever the text is, it is read or refused as a template', () => {
  const yamlish = fc
    .array(
      fc.constantFrom(
        'Resources:',
        '  A:',
        '\n',
        ' ',
        '- ',
        '!Ref x',
        '!Sub',
        '{',
        '}',
        '[',
        '&a',
        '*a',
        'Type: x',
        '"',
        '%',
        '\t',
        '? ',
        '|',
      ),
    )
    .map((parts) => parts.join(''));
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        yamlish,
        fc.json(),
        fc.record({ Resources: fc.jsonValue() }).map((x) => JSON.stringify(x)),
      ),
      (text) => {
        try {
          parseTemplate(text);
        } catch (error) {
          assert.ok(error instanceof AwsError && error.code === 'ValidationError', String(error));
        }
      },
    ),
    { numRuns: 1000 },
  );
});

test('a resource may be of a type that the endpoint lacks while its condition is false', async () => {
  await using rig = await startRig();
  const TemplateBody = template(
    { A: {}, Key: { Type: 'AWS::Other::Key', Condition: 'HasKey' } },
    {
      Parameters: { WithKey: { Type: 'String', Default: 'false' } },
      Conditions: { HasKey: { 'Fn::Equals': [{ Ref: 'WithKey' }, 'true'] } },
      Outputs: { Key: { Value: { 'Fn::If': ['HasKey', { 'Fn::GetAtt': ['Key', 'Arn'] }, 'none'] } } },
    },
  );
  const Parameters = [{ ParameterKey: 'WithKey', ParameterValue: 'true' }];
  await assert.rejects(
    rig.client.send(new CreateStackCommand({ StackName: 's', TemplateBody, Parameters })),
    /Unrecognized resource types: \[AWS::Other::Key \(Key\)\]/,
  );
  await rig.client.send(new CreateStackCommand({ StackName: 's', TemplateBody }));
  await rig.cloudFormation.idle();
  assert.deepEqual(await rig.outputs('s'), { Key: 'none' });
});
