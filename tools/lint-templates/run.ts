/** Checks the templates of every service, rendered with every set of options. `npm run lint:templates -- --help` */

import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { selectOptionSets } from '../render-templates/option-sets.ts';
import type { LintedTemplate, LintTask } from './lint-sets.ts';
import { Report } from './report.ts';

const usage = `Checks the CloudFormation templates of every service: the properties, values and references of all resources,
by AWS's validator and resource specification; conditions, policies and tables; and this project's own rules for APIs.

Usage: npm run lint:templates -- [options]

Options:
  --services <a,b>  only these services, and those that they need
  --options <a,b>   only these sets of options; npm run package -- --list-options shows them
  --help            show this text`;

const root = join(import.meta.dirname, '..', '..');

/** More of them spend more on loading the framework than they save. */
const workers = Math.min(2, availableParallelism());

function lintInWorker(workerData: LintTask): Promise<readonly LintedTemplate[]> {
  return new Promise((resolve, reject) => {
    new Worker(new URL('./lint-worker.ts', import.meta.url), { workerData })
      .once('message', resolve)
      .once('error', reject)
      // A process that ends before it has reported its findings has failed.
      .once('exit', (code) => reject(new Error(`A worker ended with ${code} before it was done.`)));
  });
}

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
  const services = values.services?.split(',');
  const names = selectOptionSets(values.options).map(({ name }) => name);
  const report = new Report();
  const parts = Array.from({ length: Math.min(workers, names.length) }, (_, part) =>
    names.filter((_name, index) => index % workers === part),
  );
  const linted = await Promise.all(parts.map((optionSets) => lintInWorker({ root, services, optionSets })));
  for (const { service, optionSet, findings } of linted.flat()) report.add(service, optionSet, findings);
  console.log(report.toString());
  if (report.hasFindings) process.exitCode = 1;
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
