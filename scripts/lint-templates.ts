/** Checks the templates of every service, rendered with every set of options. `npm run lint:templates -- --help` */
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { readProject, selectServices } from '#local/start/project.ts';
import { readApiOptions } from './lint-templates/api-options.ts';
import { createLinter } from './lint-templates/lint-template.ts';
import { Report } from './lint-templates/report.ts';
import { selectOptionSets } from './render-templates/option-sets.ts';
import { renderProject } from './render-templates/render-project.ts';
import { createRenderer } from './render-templates/render-template.ts';

const usage = `Checks the CloudFormation templates of every service: the properties, values and references of all resources,
by AWS's validator and resource specification; conditions, policies and tables; and this project's own rules for APIs.

Usage: npm run lint:templates -- [options]

Options:
  --services <a,b>  only these services, and those that they need
  --options <a,b>   only these sets of options; npm run package -- --list-options shows them
  --help            show this text`;

const root = dirname(dirname(fileURLToPath(import.meta.url)));

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      services: { type: 'string' },
      options: { type: 'string', default: 'all' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(usage);
    return;
  }
  const project = readProject(root);
  const services = selectServices(project, values.services?.split(',') ?? project.map(({ name }) => name));
  const render = createRenderer(root);
  const lint = createLinter();
  const report = new Report();
  for (const set of selectOptionSets(values.options)) {
    for (const { service, template } of await renderProject({ root, services, render, ...set })) {
      report.add(service.name, set.name, lint(template, readApiOptions(root, service.name, set)));
    }
  }
  console.log(report.toString());
  if (report.hasFindings) process.exitCode = 1;
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
