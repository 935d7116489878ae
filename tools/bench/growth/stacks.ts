import { setTimeout as sleep } from 'node:timers/promises';
import { zipSync } from 'fflate';
import type { AwsCaller } from '../aws-call.ts';
import { type Area, times } from './area.ts';

const role = JSON.stringify({
  Resources: {
    Role: {
      Type: 'AWS::IAM::Role',
      Properties: {
        RoleName: 'bench',
        AssumeRolePolicyDocument: {
          Version: '2012-10-17',
          Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
        },
      },
    },
  },
});
const template = JSON.stringify({ Resources: { Topic: { Type: 'AWS::SNS::Topic' } } });
const code = Buffer.from(zipSync({ 'index.mjs': Buffer.from('export const handler = () => 1;') })).toString('base64');

export const stacks: Area = {
  name: '500 stacks, 10,000 functions',
  prepare: async (aws) => {
    await createStack(aws, 'role', role);
    await createStack(aws, 'used');
    await createFunction(aws, 'used');
  },
  async fill(aws) {
    await times(10_000, (index) => createFunction(aws, `function-${index}`));
    await times(500, (index) => createStack(aws, `stack-${index}`));
  },
  operations: {
    'ListFunctions, a page of 10': (aws) => aws.rest('GET', '/2015-03-31/functions?MaxItems=10'),
    GetFunction: (aws) => aws.rest('GET', '/2015-03-31/functions/used'),
    'CreateFunction and DeleteFunction': async (aws) => {
      await createFunction(aws, 'passing');
      await aws.rest('DELETE', '/2015-03-31/functions/passing');
    },
    'DescribeStacks of one': (aws) => aws.query('cloudformation', { Action: 'DescribeStacks', StackName: 'used' }),
    'DescribeStackEvents of one': (aws) =>
      aws.query('cloudformation', { Action: 'DescribeStackEvents', StackName: 'used' }),
  },
};

function createFunction(aws: AwsCaller, FunctionName: string): Promise<object> {
  return aws.rest('POST', '/2015-03-31/functions', {
    FunctionName,
    Runtime: 'nodejs24.x',
    Handler: 'index.handler',
    Role: 'arn:aws:iam::000000000000:role/bench',
    Code: { ZipFile: code },
  });
}

async function createStack(aws: AwsCaller, StackName: string, TemplateBody = template): Promise<void> {
  const capabilities = { 'Capabilities.member.1': 'CAPABILITY_NAMED_IAM' };
  await aws.query('cloudformation', { Action: 'CreateStack', StackName, TemplateBody, ...capabilities });
  for (;;) {
    const answer = await aws.query('cloudformation', { Action: 'DescribeStacks', StackName });
    if (answer.includes('<StackStatus>CREATE_COMPLETE')) return;
    await sleep(20);
  }
}
