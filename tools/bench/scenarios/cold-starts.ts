import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { GetFunctionConfigurationCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { unzipSync } from 'fflate';
import { measureColdStarts } from '../cold-start.ts';
import type { Measurement, Scenario } from '../report.ts';
import { restRequest } from '../rest-request.ts';
import { runEndpoint } from '../running-endpoint.ts';
import { measureWarmOverhead } from '../warm-overhead.ts';

const services = ['tasks', 'planner', 'products'];
const runs = 11;
const id = '0197d2a0-0000-7000-8000-000000000000';

const events: Readonly<Record<string, object>> = {
  createTask: restRequest('POST', '/tasks', { title: 'A task' }),
  listTasks: restRequest('GET', '/tasks'),
  getTask: restRequest('GET', '/tasks/{taskId}'),
  replaceTask: restRequest('PUT', '/tasks/{taskId}', { title: 'A task', isComplete: true }),
  deleteTask: restRequest('DELETE', '/tasks/{taskId}'),
  getPlan: restRequest('GET', '/planner'),
  products: restRequest('GET', '/products/{productId}'),
};

export const coldStarts: Scenario = {
  name: 'cold-starts',
  description: 'each function of tasks, planner and products in a fresh process of Node, less an empty process',
  async run() {
    const endpoint = await runEndpoint('--services', services.join());
    const folder = mkdtempSync(join(tmpdir(), 'cold-starts-'));
    const lambda = new LambdaClient({
      endpoint: endpoint.url,
      region: 'us-east-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    });
    try {
      const measurements: Measurement[] = [];
      for (const service of services) {
        const packages = readdirSync(`services/${service}/.serverless`).filter((file) => file.endsWith('.zip'));
        for (const file of packages) {
          const name = basename(file, '.zip');
          const { Handler = '', Environment } = await lambda.send(
            new GetFunctionConfigurationCommand({ FunctionName: `${service}-local-${name}` }),
          );
          const [module = '', handler = ''] = Handler.split('.');
          const bundle = join(folder, `${name}.cjs`);
          writeFileSync(bundle, codeOf(`services/${service}/.serverless/${file}`, module));
          const environment = {
            PATH: '/usr/bin',
            AWS_REGION: 'us-east-1',
            AWS_ACCESS_KEY_ID: 'test',
            AWS_SECRET_ACCESS_KEY: 'test',
            AWS_ENDPOINT_URL: endpoint.url,
            AWS_LAMBDA_FUNCTION_NAME: name,
            ...Environment?.Variables,
          };
          const event = events[name] ?? {};
          const measured = await measureColdStarts(new Map([[name, { file: bundle, handler, event, environment }]]), {
            runs,
          });
          const { bytes = 0, init = 0, firstInvoke = 0, cpu = 0 } = measured.get(name) ?? {};
          measurements.push(
            { name: `${name}: bundle`, value: bytes / 1000, unit: 'kB', target: { atMost: 420 } },
            { name: `${name}: INIT`, value: init, unit: 'ms', target: { atMost: 44 } },
            { name: `${name}: first invoke`, value: firstInvoke, unit: 'ms' },
            { name: `${name}: processor time of both`, value: cpu, unit: 'ms' },
          );
          if (name === 'getTask') measurements.push(await warmOverhead(bundle, handler, environment));
        }
      }
      return measurements;
    } finally {
      lambda.destroy();
      rmSync(folder, { recursive: true });
      await endpoint.stop();
    }
  },
};

function codeOf(zip: string, module: string): Uint8Array {
  const entries = Object.entries(unzipSync(readFileSync(zip)));
  const [, code] = entries.find(([name]) => name.startsWith(`${module}.`)) ?? [];
  if (code === undefined) throw new Error(`${zip} has no ${module}`);
  return code;
}

/** What parsing, validation, SDK and log add to the one call that GetTask makes. */
async function warmOverhead(
  file: string,
  handler: string,
  environment: Readonly<Record<string, string>>,
): Promise<Measurement> {
  const text = (S: string) => ({ S });
  const { invocation, rawCall } = await measureWarmOverhead({
    file,
    handler,
    environment,
    event: events.getTask ?? {},
    answer: {
      Item: {
        owner: text('ANONYMOUS'),
        id: text(id),
        title: text('A task'),
        isComplete: { BOOL: false },
        createdAt: text('2026-01-01T00:00:00.000Z'),
        updatedAt: text('2026-01-01T00:00:00.000Z'),
      },
    },
  });
  return { name: 'getTask: warm, over the raw call', value: invocation - rawCall, unit: 'ms' };
}
