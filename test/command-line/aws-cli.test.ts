import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Endpoint, startEndpoint } from 'local-aws';
import { until } from 'local-aws/testing';
import * as z from 'zod';
import { copyFixture, type FixtureProject, root } from '#test/support/fixture-project.ts';
import { type Finished, runCommand } from '#test/support/run-command.ts';
import { outputNamed } from '#test/support/stack-outputs.ts';
import { localEnvironment } from '#tools/dev/deploy.ts';

const stackName = ['--stack-name', 'greetings'];
const stacks = z.object({
  Stacks: z.array(
    z.object({
      StackStatus: z.string(),
      Outputs: z.array(z.object({ OutputKey: z.string(), OutputValue: z.string() })).default([]),
    }),
  ),
});
const isInstalled = spawnSync('aws', ['--version']).status === 0;

(isInstalled ? describe : describe.skip)('the AWS CLI', () => {
  let endpoint: Endpoint;
  let project: FixtureProject;
  let queueUrl: string;
  let topicArn: string;
  beforeAll(async () => {
    endpoint = await startEndpoint({
      port: 0,
      persist: undefined,
      onError: (error) => {
        throw new Error(String(error));
      },
    });
    project = copyFixture('aws-cli');
  });
  afterAll(async () => {
    project[Symbol.dispose]();
    await endpoint.close();
  });

  function run(...args: string[]): Promise<Finished> {
    const env = { ...localEnvironment(root, endpoint.port, process.env), AWS_PAGER: '' };
    // Version 1 of the CLI does not look at AWS_ENDPOINT_URL for SQS.
    const common = ['--endpoint-url', endpoint.url, '--output', 'json'];
    return runCommand('aws', [...args, ...common], { cwd: project.folder, env });
  }

  /** Runs a command that is to succeed, and gives what it printed. */
  async function aws(...args: string[]): Promise<string> {
    const { exitCode, output } = await run(...args);
    expect({ args, exitCode, output }).toMatchObject({ exitCode: 0 });
    return output;
  }

  it.each([
    [
      'route53',
      'list-hosted-zones',
      /\(UnsupportedOperation\).*does not implement route53:GET \/2013-04-01\/hostedzone/,
    ],
    ['ec2', 'describe-regions', /\(UnsupportedOperation\).*does not implement ec2:DescribeRegions/],
    ['athena', 'list-work-groups', /\(UnsupportedOperation\).*does not implement athena:AmazonAthena\.ListWorkGroups/],
  ])('reports that the endpoint has no service %s', async (service, command, expected) => {
    const { exitCode, output } = await run(service, command);
    expect(exitCode).not.toBe(0);
    expect(output).toMatch(expected);
  });

  it('says who is calling', async () => {
    expect(await aws('sts', 'get-caller-identity')).toMatch(/"Account": "000000000000"/);
  });

  /** The stack once nothing is in progress; the waiters of the CLI look every 30 seconds only. */
  async function settledStack(): Promise<{ status: string; outputs: ReadonlyMap<string, string> }> {
    return until('the end of the deploy', async () => {
      const [stack] = stacks.parse(JSON.parse(await aws('cloudformation', 'describe-stacks', ...stackName))).Stacks;
      if (stack === undefined || stack.StackStatus.endsWith('_IN_PROGRESS')) return undefined;
      const outputs = new Map(stack.Outputs.map(({ OutputKey, OutputValue }) => [OutputKey, OutputValue]));
      return { status: stack.StackStatus, outputs };
    });
  }

  const template = ['--template-body', 'file://template.yml', '--capabilities', 'CAPABILITY_IAM'];

  it('creates a stack, and describes it', async () => {
    await aws('cloudformation', 'validate-template', '--template-body', 'file://template.yml');
    await aws('cloudformation', 'create-stack', ...stackName, ...template);
    const { status, outputs } = await settledStack();
    expect(status).toBe('CREATE_COMPLETE');
    queueUrl = outputNamed(outputs, 'QueueUrl');
    topicArn = outputNamed(outputs, 'TopicArn');
  });

  it('sees that a template has not changed, and updates what has', async () => {
    const unchanged = await run('cloudformation', 'update-stack', ...stackName, ...template);
    expect(unchanged.exitCode).not.toBe(0);
    expect(unchanged.output).toMatch(/No updates are to be performed/);
    const parameters = ['--parameters', 'ParameterKey=Greeting,ParameterValue=good evening'];
    await aws('cloudformation', 'update-stack', ...stackName, ...template, ...parameters);
    expect((await settledStack()).status).toBe('UPDATE_COMPLETE');
  });

  it('invokes a function, and finds what it logged', async () => {
    writeFileSync(join(project.folder, 'event.json'), '{"name":"Ada 🌱"}');
    const answer = await aws(
      'lambda',
      'invoke',
      '--function-name',
      'greeter',
      '--payload',
      'fileb://event.json',
      'answer.json',
    );
    expect(answer).toMatch(/"StatusCode": 200/);
    expect(readFileSync(join(project.folder, 'answer.json'), 'utf8')).toBe('"good evening Ada 🌱"');
    const events = await aws(
      'logs',
      'filter-log-events',
      '--log-group-name',
      '/aws/lambda/greeter',
      '--filter-pattern',
      'called',
    );
    expect(events).toMatch(/called for Ada/);
  });

  it('writes and reads tables', async () => {
    expect(await aws('dynamodb', 'list-tables')).toMatch(/"greetings"/);
    await aws('dynamodb', 'put-item', '--table-name', 'greetings', '--item', '{"id":{"S":"1"},"text":{"S":"hi"}}');
    expect(await aws('dynamodb', 'get-item', '--table-name', 'greetings', '--key', '{"id":{"S":"1"}}')).toMatch(/"hi"/);
  });

  it('publishes to a topic, and receives from the queue that follows it', async () => {
    await aws('sns', 'publish', '--topic-arn', topicArn, '--message', 'a=1&b="2"');
    const received = await until('the message', async () => {
      const output = await aws('sqs', 'receive-message', '--queue-url', queueUrl, '--wait-time-seconds', '5');
      return output === '' ? undefined : output;
    });
    const { Messages } = z.object({ Messages: z.tuple([z.object({ Body: z.string() })]) }).parse(JSON.parse(received));
    expect(z.object({ Message: z.string() }).parse(JSON.parse(Messages[0].Body)).Message).toBe('a=1&b="2"');
    await aws('sqs', 'send-message', '--queue-url', queueUrl, '--message-body', 'second');
  });

  it('copies files into a bucket and back', async () => {
    await aws('s3', 'mb', 's3://greetings');
    await aws('s3', 'cp', 'template.yml', 's3://greetings/folder/template.yml');
    expect(await aws('s3', 'ls', 's3://greetings/folder/')).toMatch(/ template\.yml/);
    expect(await aws('s3', 'ls')).toMatch(/ greetings/);
    await aws('s3', 'cp', 's3://greetings/folder/template.yml', 'copy.yml');
    const [copy, original] = ['copy.yml', 'template.yml'].map((file) =>
      readFileSync(join(project.folder, file), 'utf8'),
    );
    expect(copy).toBe(original);
    await aws('s3', 'rb', 's3://greetings', '--force');
  });

  it('presigns a URL that shows an object until it has expired', async () => {
    await aws('s3', 'mb', 's3://presigned');
    await aws('s3', 'cp', 'template.yml', 's3://presigned/template.yml');
    const presign = async (seconds: number): Promise<string> =>
      (await aws('s3', 'presign', 's3://presigned/template.yml', '--expires-in', String(seconds))).trim();
    const answer = await fetch(await presign(60));
    expect(answer.status).toBe(200);
    expect(await answer.text()).toBe(readFileSync(join(project.folder, 'template.yml'), 'utf8'));
    expect((await fetch(await presign(-60))).status).toBe(403);
    await aws('s3', 'rb', 's3://presigned', '--force');
  });

  it('prints what is wrong', async () => {
    const unknown = await run('lambda', 'invoke', '--function-name', 'nobody', 'answer.json');
    expect(unknown.exitCode).not.toBe(0);
    expect(unknown.output).toMatch(/ResourceNotFoundException/);
    const unsupported = await run('kinesis', 'list-streams');
    expect(unsupported.exitCode).not.toBe(0);
    expect(unsupported.output).toMatch(/kinesis/i);
  });

  it('deletes the stack', async () => {
    await aws('cloudformation', 'delete-stack', ...stackName);
    await until('the end of the stack', async () => {
      const { output } = await run('cloudformation', 'describe-stacks', ...stackName);
      return /does not exist/.test(output) || undefined;
    });
    expect(await aws('dynamodb', 'list-tables')).toMatch(/"TableNames": \[\]/);
  });
});
