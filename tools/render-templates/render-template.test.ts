import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { copyRepository } from '#test/support/fixture-project.ts';
import { runCommand } from '#test/support/run-command.ts';
import { localEnvironment } from '#tools/dev/deploy.ts';
import { readProject, selectServices } from '#tools/dev/project.ts';
import { renderProject } from './render-project.ts';
import { createRenderer } from './render-template.ts';

const stage = 'prod';
const params = { auth: 'cognito', webAcl: 'managed', memorySize: '1024', tags: 'team=commerce' };

test('A template is rendered as the CLI packages it', async () => {
  using repository = copyRepository();
  const root = repository.folder;
  // One with a REST API and one with an HTTP API, streams and queues; platform, which they need, has neither.
  const services = selectServices(readProject(root), ['products', 'friends']);
  const rendered = await renderProject({ root, services, stage, params, render: createRenderer(root) });
  await Promise.all(
    rendered.map(async ({ service, params, template }) => {
      const folder = join(root, service.path);
      const given = Object.entries(params).flatMap(([name, value]) => ['--param', `${name}=${value}`]);
      const finished = await runCommand('sls', ['package', '--stage', stage, ...given], {
        cwd: folder,
        env: localEnvironment(root, 4566, process.env),
      });
      expect(finished).toMatchObject({ exitCode: 0 });
      const file = join(folder, '.serverless', 'cloudformation-template-update-stack.json');
      const packaged: unknown = JSON.parse(withoutTimes(readFileSync(file, 'utf8'), service.name));
      expect(template).toStrictEqual(packaged);
    }),
  );
});

test('The same options render the same template', async () => {
  using repository = copyRepository();
  const render = createRenderer(repository.folder);
  const options = { folder: join(repository.folder, 'services', 'platform'), stage, params };
  expect(await render(options)).toStrictEqual(await render(options));
});

test('A service alone takes the user pool and the web ACL that its own parameters name', async () => {
  using repository = copyRepository();
  const render = createRenderer(repository.folder);
  const own = {
    auth: 'cognito',
    userPoolArn: 'arn:aws:cognito-idp:eu-west-1:123456789012:userpool/eu-west-1_Own',
    userPoolClientId: 'client-of-own-pool',
    webAcl: 'arn:aws:wafv2:us-east-1:123456789012:regional/webacl/own/11111111-2222-3333-4444-555555555555',
  };
  const others = { monitoringTopicArn: 'arn:aws:sns:us-east-1:123456789012:alarms', apiKeyId: 'none' };
  const propertiesIn = async (service: string, resource: string) => {
    const folder = join(repository.folder, 'services', service);
    const template = await render({ folder, stage, params: { ...others, ...own } });
    return template.Resources[resource]?.Properties;
  };
  expect((await propertiesIn('tasks', 'WebAclAssociation'))?.WebACLArn).toBe(own.webAcl);
  expect((await propertiesIn('tasks', 'UserPoolAuthorizer'))?.ProviderARNs).toStrictEqual([own.userPoolArn]);
  expect((await propertiesIn('friends', 'HttpApiAuthorizerUserPool'))?.JwtConfiguration).toStrictEqual({
    Audience: [own.userPoolClientId],
    Issuer: { 'Fn::Sub': `https://cognito-idp.eu-west-1.\${AWS::URLSuffix}/eu-west-1_Own` },
  });
});

test('A variable that nothing resolves is named', async () => {
  using repository = copyRepository();
  const render = createRenderer(repository.folder);
  await expect(render({ folder: join(repository.folder, 'services', 'planner'), stage, params })).rejects.toThrow(
    /environment\.LIST_TASKS_FUNCTION_ARN/,
  );
});

/** What the CLI takes from the clock, as the renderer writes it. */
function withoutTimes(template: string, service: string): string {
  return template
    .replaceAll(/ApiGatewayDeployment\d{13}/g, 'ApiGatewayDeployment0')
    .replaceAll(new RegExp(`serverless/${service}/${stage}/\\d{13}-[^/"]+`, 'g'), `${service}/${stage}`);
}
