import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { localEnvironment } from '#local/start/deploy.ts';
import { copyRepository } from '#test/command-line/fixture-project.ts';
import { runCommand } from '#test/support/run-command.ts';
import { createRenderer } from './render-template.ts';

// One with a REST API and one with an HTTP API, streams and queues.
const services = ['products', 'friends'];
const params = { monitoringTopicArn: 'arn:aws:sns:us-east-1:123456789012:topic', logLevel: 'DEBUG' };

test('A template is rendered as the CLI packages it', async () => {
  using repository = copyRepository();
  const render = createRenderer(repository.folder);
  await Promise.all(
    services.map(async (service) => {
      const folder = join(repository.folder, 'services', service);
      const given = Object.entries(params).flatMap(([name, value]) => ['--param', `${name}=${value}`]);
      const { exitCode, output } = await runCommand('sls', ['package', '--stage', 'prod', ...given], {
        cwd: folder,
        env: localEnvironment(repository.folder, 4566, process.env),
      });
      assert.equal(exitCode, 0, output);
      const file = join(folder, '.serverless', 'cloudformation-template-update-stack.json');
      const packaged: unknown = JSON.parse(withoutTimes(readFileSync(file, 'utf8'), service));
      assert.deepEqual(await render({ folder, stage: 'prod', params }), packaged);
    }),
  );
});

test('The same options render the same template', async () => {
  using repository = copyRepository();
  const render = createRenderer(repository.folder);
  const options = { folder: join(repository.folder, 'services', 'products'), stage: 'dev', params };
  assert.deepEqual(await render(options), await render(options));
});

test('A variable that nothing resolves is named', async () => {
  using repository = copyRepository();
  const render = createRenderer(repository.folder);
  await assert.rejects(
    render({ folder: join(repository.folder, 'services', 'planner'), stage: 'dev', params }),
    /environment\.LIST_TASKS_FUNCTION_ARN/,
  );
});

/** What the CLI takes from the clock, as the renderer writes it. */
function withoutTimes(template: string, service: string): string {
  return template
    .replaceAll(/ApiGatewayDeployment\d{13}/g, 'ApiGatewayDeployment0')
    .replaceAll(new RegExp(`serverless/${service}/prod/\\d{13}-[^/"]+`, 'g'), `${service}/prod`);
}
