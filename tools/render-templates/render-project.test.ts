import { expect, test } from '@jest/globals';
import type { Service } from '#tools/dev/project.ts';
import { renderProject } from './render-project.ts';
import type { RenderOptions } from './render-template.ts';
import type { Template } from './template.ts';

const platform: Service = { name: 'platform', path: 'services/platform', params: {}, settings: {}, needs: [] };

/** Renders platform with these outputs and then a service that is handed the one of this name, and gives what that got. */
async function handOver(name: string, template: Omit<Template, 'Resources'>): Promise<RenderOptions['params']> {
  const tasks: Service = {
    name: 'tasks',
    path: 'services/tasks',
    params: { given: `\${platform.${name}}` },
    settings: {},
    needs: ['platform'],
  };
  const Resources = {
    Topic: { Type: 'AWS::SNS::Topic' },
    Pool: { Type: 'AWS::Cognito::UserPool' },
    Queue: { Type: 'AWS::SQS::Queue' },
  };
  const rendered = await renderProject({
    root: '/project',
    services: [platform, tasks],
    stage: 'dev',
    params: { auth: 'none' },
    render: async ({ folder }) => (folder.endsWith('platform') ? { Resources, ...template } : { Resources: {} }),
  });
  return rendered.find(({ service }) => service === tasks)?.params ?? {};
}

const output = (Value: unknown) => ({ Outputs: { Out: { Value } } });

test('A service gets the outputs of others, in the form that a deploy would give it', async () => {
  const account = 'us-east-1:123456789012';
  for (const [value, expected] of [
    ['none', 'none'],
    [{ Ref: 'Topic' }, `arn:aws:sns:${account}:Topic`],
    [{ 'Fn::GetAtt': ['Pool', 'Arn'] }, `arn:aws:cognito-idp:${account}:userpool/us-east-1_Pool`],
    [
      { 'Fn::Sub': `https://idp.\${AWS::Region}.example.com/\${Pool}` },
      'https://idp.us-east-1.example.com/us-east-1_Pool',
    ],
    [{ Ref: 'Queue' }, 'Queue'],
  ] as const) {
    expect(await handOver('Out', output(value))).toStrictEqual({ given: expected, auth: 'none' });
  }
});

test('An output by a condition is what the condition makes it', async () => {
  const Conditions = { Off: { 'Fn::Equals': ['a', 'b'] } };
  const chosen = { Conditions, ...output({ 'Fn::If': ['Off', { Ref: 'Topic' }, 'none'] }) };
  expect(await handOver('Out', chosen)).toStrictEqual({ given: 'none', auth: 'none' });
});

test('An output that is used and not defined is named', async () => {
  const Conditions = { Off: { 'Fn::Equals': ['a', 'b'] } };
  const leftOut = { Conditions, Outputs: { Out: { Condition: 'Off', Value: 'x' } } };
  await expect(handOver('Out', leftOut)).rejects.toThrow(/tasks is handed platform\.Out/);
  await expect(handOver('Lost', output('x'))).rejects.toThrow(/tasks is handed platform\.Lost/);
});

test('An ARN of an unknown form is reported', async () => {
  await expect(handOver('Out', output({ 'Fn::GetAtt': ['Queue', 'Arn'] }))).rejects.toThrow(/How does the Arn/);
});
