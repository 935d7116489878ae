import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  CreateChangeSetCommand,
  CreateStackCommand,
  DeleteChangeSetCommand,
  DeleteStackCommand,
  DescribeChangeSetCommand,
  DescribeStackEventsCommand,
  DescribeStackResourceCommand,
  DescribeStacksCommand,
  GetTemplateCommand,
  GetTemplateSummaryCommand,
  UpdateStackCommand,
  ValidateTemplateCommand,
} from '@aws-sdk/client-cloudformation';
import { type Rig, startRig, template } from './cloudformation.fixture.ts';

const invalid = 'ValidationError';
const thing = { A: { Type: 'Test::Fake::Thing' } };
const text = (body: object): string => JSON.stringify({ Resources: thing, ...body });
const named = (Name: object): string =>
  text({ Resources: { ...thing, Named: { Type: 'Test::Fake::Thing', Properties: { Name } } } });

type Refusal = readonly [source: string, call: (rig: Rig) => Promise<unknown>, name: string, message: string | RegExp];

const create =
  (TemplateBody: string, more: object = {}) =>
  (rig: Rig) =>
    rig.client.send(new CreateStackCommand({ StackName: 'new', TemplateBody, ...more }));
const unresolved = (names: string, block: string) =>
  `Template format error: Unresolved resource dependencies [${names}] in the ${block} block of the template`;
const hidden = {
  Conditions: { Never: { 'Fn::Equals': ['a', 'b'] } },
  Resources: { ...thing, Hidden: { Type: 'Test::Fake::Thing', Condition: 'Never' } },
};

// What AWS answered when LocalStack recorded it: tests/aws/services/cloudformation/**/*.snapshot.json of its repository.
const refusals: readonly Refusal[] = [
  [
    'test_stack_name_creation',
    create(text({}), { StackName: '*@x_$' }),
    invalid,
    "1 validation error detected: Value '*@x_$' at 'stackName' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z][-a-zA-Z0-9]*|arn:[-a-zA-Z0-9:/._+]*",
  ],
  [
    'test_name_conflicts',
    create(text({}), { StackName: 'there' }),
    'AlreadyExistsException',
    'Stack [there] already exists',
  ],
  [
    'test_name_conflicts',
    ({ client }) =>
      client.send(
        new CreateChangeSetCommand({
          StackName: 'there',
          ChangeSetName: 'c',
          ChangeSetType: 'CREATE',
          TemplateBody: text({}),
        }),
      ),
    invalid,
    'Stack [there] already exists and cannot be created again with the changeSet [c].',
  ],
  [
    'test_non_existing_stack_message',
    ({ client }) => client.send(new DescribeStacksCommand({ StackName: 'no' })),
    invalid,
    'Stack with id no does not exist',
  ],
  [
    'test_describe_stack_events_errors',
    ({ client }) => client.send(new DescribeStackEventsCommand({ StackName: 'no' })),
    invalid,
    'Stack [no] does not exist',
  ],
  [
    'test_update_stack_with_same_template_withoutchange',
    ({ client }) => client.send(new UpdateStackCommand({ StackName: 'there', TemplateBody: text({}) })),
    invalid,
    'No updates are to be performed.',
  ],
  [
    'test_no_template_error',
    ({ client }) => client.send(new UpdateStackCommand({ StackName: 'there' })),
    invalid,
    'Either Template URL or Template Body must be specified.',
  ],
  [
    'test_update_deleted_stack',
    async ({ client }) =>
      client.send(new UpdateStackCommand({ StackName: await goneId(client), TemplateBody: text({}) })),
    invalid,
    /^Stack:arn:\S+ is in DELETE_COMPLETE state and can not be updated\.$/,
  ],
  [
    'test_create_changeset_for_deleted_stack',
    async ({ client }) =>
      client.send(
        new CreateChangeSetCommand({
          StackName: await goneId(client),
          ChangeSetName: 'c',
          ChangeSetType: 'CREATE',
          TemplateBody: text({}),
        }),
      ),
    invalid,
    /^Stack \[arn:\S+\] already exists and cannot be created again with the changeSet \[c\]\.$/,
  ],
  [
    'test_stack_resource_not_found',
    ({ client }) => client.send(new DescribeStackResourceCommand({ StackName: 'there', LogicalResourceId: 'No' })),
    invalid,
    'Resource No does not exist for stack there',
  ],
  [
    'test_delete_change_set_exception',
    ({ client }) => client.send(new DeleteChangeSetCommand({ StackName: 'no', ChangeSetName: 'c' })),
    invalid,
    'Stack [no] does not exist',
  ],
  [
    'test_delete_change_set_exception',
    ({ client }) => client.send(new DeleteChangeSetCommand({ ChangeSetName: 'c' })),
    invalid,
    'StackName must be specified if ChangeSetName is not specified as an ARN.',
  ],
  [
    'test_describe_changeset_after_delete',
    ({ client }) => client.send(new DescribeChangeSetCommand({ StackName: 'there', ChangeSetName: 'no' })),
    'ChangeSetNotFoundException',
    'ChangeSet [no] does not exist',
  ],
  [
    'test_get_template_missing_resources_stack',
    ({ client }) => client.send(new GetTemplateCommand({ StackName: 'no' })),
    invalid,
    'Stack with id no does not exist',
  ],
  [
    'test_get_template_missing_resources_change_set',
    ({ client }) => client.send(new GetTemplateCommand({ ChangeSetName: 'no' })),
    invalid,
    'StackName is a required parameter.',
  ],
  [
    'test_get_template_no_arguments',
    ({ client }) => client.send(new GetTemplateCommand({})),
    invalid,
    'StackName is required if ChangeSetName is not specified.',
  ],
  [
    'test_get_template_summary_non_executed_change_set',
    ({ client }) => client.send(new GetTemplateSummaryCommand({ StackName: 'planned' })),
    invalid,
    'GetTemplateSummary cannot be called on REVIEW_IN_PROGRESS stacks.',
  ],
  [
    'test_get_template_summary_no_resources',
    ({ client }) => client.send(new GetTemplateSummaryCommand({ TemplateBody: '{}' })),
    invalid,
    'Template format error: At least one Resources member must be defined.',
  ],
  [
    'test_create_stack_from_s3_template_url[http_invalid]',
    ({ client }) => client.send(new CreateStackCommand({ StackName: 'new', TemplateURL: 'ftp://example.com/x' })),
    invalid,
    'TemplateURL must be a supported URL.',
  ],
  [
    'test_validate_invalid_json_template_should_fail',
    ({ client }) => client.send(new ValidateTemplateCommand({ TemplateBody: '{"this is invalid JSON"}' })),
    invalid,
    /^Template format error: JSON not well-formed\./,
  ],
  [
    'test_create_stack_invalid_yaml_template_should_fail',
    create('Resources:\n  A: [\n'),
    invalid,
    /^Template format error: YAML not well-formed\./,
  ],
  [
    'test_using_pseudoparameters_in_places[resource]',
    create(text({ Resources: { 'AWS::NoValue': thing.A } })),
    invalid,
    'Template format error: Resource name AWS::NoValue is non alphanumeric.',
  ],
  [
    'test_using_pseudoparameters_in_places[parameter]',
    create(text({ Parameters: { 'AWS::NoValue': { Type: 'String' } } })),
    invalid,
    'Template format error: Parameter name AWS::NoValue is non alphanumeric.',
  ],
  [
    'test_invalid_output_structure[none-value]',
    create(text({ Outputs: { MyOutput: { Value: null } } })),
    invalid,
    "[/Outputs/MyOutput/Value] 'null' values are not allowed in templates",
  ],
  [
    'test_invalid_output_structure[multiple-nones]',
    create(text({ Outputs: { MyOutput: {} } })),
    invalid,
    'Template format error: Every Outputs member must contain a Value object',
  ],
  [
    'test_missing_resources_block',
    create('{}'),
    invalid,
    'Template format error: At least one Resources member must be defined.',
  ],
  [
    'test_resources_blocks[missing-type]',
    create(JSON.stringify({ Resources: { A: {} } })),
    invalid,
    'Template format error: [/Resources/A] Every Resources object must contain a Type member.',
  ],
  [
    'test_dependent_ref',
    create(
      JSON.stringify({
        ...hidden,
        Resources: { ...hidden.Resources, B: { ...thing.A, Properties: { Value: { Ref: 'Hidden' } } } },
      }),
    ),
    invalid,
    unresolved('Hidden', 'Resources'),
  ],
  [
    'test_dependent_get_att',
    create(
      JSON.stringify({
        ...hidden,
        Resources: {
          ...hidden.Resources,
          B: { ...thing.A, Properties: { Value: { 'Fn::GetAtt': ['Hidden', 'Arn'] } } },
        },
      }),
    ),
    invalid,
    unresolved('Hidden', 'Resources'),
  ],
  [
    'test_output_reference_to_skipped_resource',
    create(JSON.stringify({ ...hidden, Outputs: { O: { Value: { Ref: 'Hidden' } } } })),
    invalid,
    'Unresolved resource dependencies [Hidden] in the Outputs block of the template',
  ],
  [
    'test_depends_on_with_missing_reference',
    create(template({ A: { DependsOn: 'No' } })),
    invalid,
    unresolved('No', 'Resources'),
  ],
  [
    'test_useful_error_when_invalid_ref',
    create(template({ A: { Properties: { Value: { Ref: 'No' } } } })),
    invalid,
    unresolved('No', 'Resources'),
  ],
  [
    'test_validate_equals_args_len',
    create(text({ Conditions: { C: { 'Fn::Equals': ['a'] } } })),
    invalid,
    'Template error: every Fn::Equals object requires a list of 2 string parameters.',
  ],
  [
    'test_mapping_with_nonexisting_key',
    create(
      JSON.stringify({
        Mappings: { M: { A: { S: 'x' } } },
        Resources: { A: { ...thing.A, Properties: { Value: { 'Fn::FindInMap': ['M', 'C', 'S'] } } } },
      }),
    ),
    invalid,
    'Template error: Unable to get mapping for M::C::S',
  ],
  [
    'test_mapping_with_invalid_refs',
    create(text({ Mappings: { M: { A: { S: { Ref: 'A' } } } } })),
    invalid,
    'Template format error: Every Mappings attribute must be a String or a List.',
  ],
  [
    'test_mapping_minimum_nesting_depth',
    create(text({ Mappings: { M: { A: 'x' } } })),
    invalid,
    'Template format error: Every Mappings member A must be a map',
  ],
  [
    'test_invalid_parameter_type',
    create(text({ Parameters: { Value: { Type: 'Number' } } }), {
      Parameters: [{ ParameterKey: 'Value', ParameterValue: 'x' }],
    }),
    invalid,
    "Parameter 'Value' must be a number.",
  ],
  ...[{ 'Fn::Select': ['bad', ['test']] }, { 'Fn::Select': [0, 2] }, { 'Fn::Select': [100, ['test']] }].map(
    (Name): Refusal => [
      'test_invalid_select_index_type',
      create(named(Name)),
      invalid,
      'Template error: Fn::Select requires a list argument with two elements: an integer index and a list',
    ],
  ),
  [
    'test_validate_split_arguments_len',
    create(named({ 'Fn::Split': ['a', 'b', 'c'] })),
    invalid,
    'Template error: every Fn::Split object requires two parameters, (1) a string delimiter and (2) a string to be split or a function that returns a string to be split.',
  ],
  [
    'test_invalid_structure',
    create(named({ 'Fn::GetAtt': ['A'] })),
    invalid,
    'Template error: every Fn::GetAtt object requires two non-empty parameters, the resource name and the resource attribute',
  ],
  [
    'test_missing_condition',
    create(named({ 'Fn::If': ['MissingCondition', 'a', 'b'] })),
    invalid,
    'Template error: unresolved condition dependency MissingCondition in Fn::If',
  ],
];

async function goneId(client: Rig['client']): Promise<string> {
  const { StackId = '' } = await client.send(new CreateStackCommand({ StackName: 'gone', TemplateBody: text({}) }));
  await client.send(new DeleteStackCommand({ StackName: 'gone' }));
  return StackId;
}

test('CloudFormation refuses calls as it was recorded on AWS', async (t) => {
  await using rig = await startRig();
  const { client } = rig;
  await client.send(new CreateStackCommand({ StackName: 'there', TemplateBody: text({}) }));
  await client.send(
    new CreateChangeSetCommand({
      StackName: 'planned',
      ChangeSetName: 'c',
      ChangeSetType: 'CREATE',
      TemplateBody: text({}),
    }),
  );
  await rig.cloudFormation.idle();
  for (const [source, call, name, message] of refusals) {
    await t.test(`${source}: ${message}`.slice(0, 150), async () => {
      await assert.rejects(call(rig), { name, message });
      await rig.cloudFormation.idle();
    });
  }
});
