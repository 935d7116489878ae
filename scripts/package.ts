/** Renders the templates of every service without an account and without deployed outputs. `npm run package -- --help` */
import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { localEnvironment } from '#local/start/deploy.ts';
import { readProject, type Service, selectServices } from '#local/start/project.ts';

const usage = `Renders the CloudFormation templates and bundles of every service, without an account.

Usage: npm run package -- [options]

Options:
  --stage <stage>      the stage to render for; may be given more than once (default local, dev and prod)
  --services <a,b>     only these services
  --param <name=value> a parameter of the templates; may be given more than once
  --help               show this text

The packages are in .local/package/<stage>/<service>. Outputs of other services, which exist only once those are deployed,
are placeholders there.`;

const root = dirname(dirname(fileURLToPath(import.meta.url)));

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      stage: { type: 'string', multiple: true, default: ['local', 'dev', 'prod'] },
      services: { type: 'string' },
      param: { type: 'string', multiple: true, default: [] },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(usage);
    return;
  }
  const project = readProject(root);
  const names = values.services?.split(',') ?? project.map(({ name }) => name);
  const services = selectServices(project, names).filter(({ name }) => names.includes(name));
  // One after the other within a service, whose build folder they share; services go side by side.
  await Promise.all(
    services.map(async (service) => {
      for (const stage of values.stage) await packageService(service, stage, values.param);
    }),
  );
}

async function packageService({ name, path, params }: Service, stage: string, given: readonly string[]): Promise<void> {
  const target = join(root, '.local', 'package', stage, name);
  mkdirSync(target, { recursive: true });
  const placeholders = Object.keys(params).map(
    (param) => `${param}=arn:aws:placeholder:us-east-1:000000000000:${param}`,
  );
  const cwd = join(root, path);
  const args = ['package', '--stage', stage, '--package', relative(cwd, target)];
  const child = spawn('sls', [...args, ...[...placeholders, ...given].flatMap((param) => ['--param', param])], {
    cwd,
    // Nothing is asked of AWS, but the CLI wants credentials before it starts.
    env: localEnvironment(root, 4566, process.env),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output: string[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => output.push(text));
  const status = await new Promise((resolve, reject) => child.once('error', reject).once('close', resolve));
  if (status !== 0) throw new Error(`${name} (${stage}) could not be packaged:\n${output.join('')}`);
  console.log(`${name} (${stage}) → ${relative(root, target)}`);
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
