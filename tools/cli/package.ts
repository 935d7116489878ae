/** Packages every service without an account and without deployed outputs. `npm run package -- --help` */
import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { localEnvironment } from '#tools/dev/deploy.ts';
import { parseParams } from '#tools/dev/params.ts';
import { readProject, selectServices } from '#tools/dev/project.ts';
import { type OptionSet, optionSets, selectOptionSets } from '../render-templates/option-sets.ts';
import { type RenderedService, renderProject } from '../render-templates/render-project.ts';
import { createRenderer } from '../render-templates/render-template.ts';
import { lockBuild } from './cli-environment.ts';

const usage = `Renders the CloudFormation templates of every service and bundles its functions, without an account.

Usage: npm run package -- [options]

Options:
  --stage <stage>      the stage to package for; may be given more than once (default local, dev and prod)
  --services <a,b>     only these services
  --param <name=value> a parameter of the templates; may be given more than once
  --options <a,b>      instead of stages and parameters, sets of them, or all: the defaults and everything on in each
                       stage, and as many more as bring every two values of options together once
  --templates-only     bundle nothing; the templates take milliseconds then
  --list-options       show the sets of options
  --help               show this text

The packages are in .local/package/<stage or set of options>/<service>. Outputs of other services, which exist only once
those are deployed, are placeholders there.`;

const root = join(import.meta.dirname, '..', '..');
/** As the CLI has it; the endpoint of stage local is in us-east-1. Read here, since rendering changes the environment. */
const callersRegion = process.env.AWS_REGION;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      stage: { type: 'string', multiple: true, default: ['local', 'dev', 'prod'] },
      services: { type: 'string' },
      param: { type: 'string', multiple: true, default: [] },
      options: { type: 'string' },
      'templates-only': { type: 'boolean', default: false },
      'list-options': { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help || values['list-options']) {
    console.log(values.help ? usage : optionSets.map(describe).join('\n'));
    return;
  }
  const params = parseParams(values.param);
  const sets =
    values.options === undefined
      ? values.stage.map((stage) => ({ name: stage, stage, params }))
      : selectOptionSets(values.options);
  const project = readProject(root);
  const names = values.services?.split(',') ?? project.map(({ name }) => name);
  const services = selectServices(project, names);
  const render = createRenderer(root);
  const save = values['templates-only'] ? saveTemplate : packageService;
  using _lock = values['templates-only'] ? undefined : await lockBuild(root, ['package']);
  // One set after the other, since a service has one build folder; services go side by side.
  for (const set of sets) {
    const rendered = await renderProject({ root, services, render, ...regionOf(set), ...set });
    await Promise.all(
      rendered.filter(({ service }) => names.includes(service.name)).map((service) => save(service, set)),
    );
  }
}

function saveTemplate({ service, template }: RenderedService, set: OptionSet): void {
  const file = join(makeTarget(service.name, set), 'cloudformation-template-update-stack.json');
  writeFileSync(file, JSON.stringify(template, null, 2));
  console.log(`${service.name} (${set.name}) → ${relative(root, file)}`);
}

async function packageService({ service: { name, path }, params }: RenderedService, set: OptionSet): Promise<void> {
  const target = makeTarget(name, set);
  const cwd = join(root, path);
  const region = Object.entries(regionOf(set)).flatMap(([, name]) => ['--region', name]);
  const args = ['package', '--stage', set.stage, ...region, '--package', relative(cwd, target)];
  const given = Object.entries(params).flatMap(([param, value]) => ['--param', `${param}=${value}`]);
  const child = spawn('sls', [...args, ...given], {
    cwd,
    // Nothing is asked of AWS, but the CLI wants credentials before it starts.
    env: localEnvironment(root, 4566, process.env),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output: string[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => output.push(text));
  const status = await new Promise((resolve, reject) => child.once('error', reject).once('close', resolve));
  if (status !== 0) throw new Error(`${name} (${set.name}) could not be packaged:\n${output.join('')}`);
  console.log(`${name} (${set.name}) → ${relative(root, target)}`);
}

function regionOf({ stage }: OptionSet): { readonly region?: string } {
  return stage === 'local' || !callersRegion ? {} : { region: callersRegion };
}

function makeTarget(service: string, { name }: OptionSet): string {
  const target = join(root, '.local', 'package', name, service);
  mkdirSync(target, { recursive: true });
  return target;
}

function describe({ name, params }: OptionSet): string {
  return [name, ...Object.entries(params).map(([param, value]) => `${param}=${value}`)].join(' ');
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
