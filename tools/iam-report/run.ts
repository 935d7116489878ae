/** Tells what each role may do and what it did. `npm run iam:report -- --help` */

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { readProject } from '#tools/dev/project.ts';
import { askEndpoint, endpointDefault, endpointUrl } from '../cli/endpoint-url.ts';
import { deployedTemplate } from '../render-templates/deployed-template.ts';
import { optionSets } from '../render-templates/option-sets.ts';
import { renderProject } from '../render-templates/render-project.ts';
import { createRenderer } from '../render-templates/render-template.ts';
import type { Template } from '../render-templates/template.ts';
import { parseExceptions } from './exceptions.ts';
import { findExcess } from './find-excess.ts';
import { type GrantUsage, parseGrantUsage, type RoleUsage } from './grant-usage.ts';
import { renderFindings, renderUsage } from './render-report.ts';
import { readTemplateRoles } from './template-roles.ts';

const root = join(import.meta.dirname, '..', '..');
const exceptionsFile = 'test/iam-exceptions.yml';

const usage = `Tells what each role may do, what it did since the endpoint was started, and what it never did.

Usage: npm run iam:report [-- options]

Options:
  --endpoint-url <url>  the running endpoint (default ${endpointDefault})
  --usage <file>        read what \`npm run test:e2e\` left there instead
  --rendered            look for wildcards in the templates of production too, with every option on and off
  --check               print only what is too much, and end with status 1 if there is anything: an action or
                        resource that was never used, or one with a wildcard, unless ${exceptionsFile} has
                        a reason for it
  --help                show this text`;

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      'endpoint-url': { type: 'string' },
      usage: { type: 'string' },
      rendered: { type: 'boolean', default: false },
      check: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(usage);
    return 0;
  }
  const granted =
    values.usage === undefined ? await fetchUsage(endpointUrl(values['endpoint-url'])) : readUsage(values.usage);
  const rendered = values.rendered ? await renderRoles() : [];
  const exceptions = parseExceptions(readFileSync(exceptionsFile, 'utf8'));
  const found = findExcess([...granted.roles, ...rendered], exceptions);
  // What no line of the exceptions is about can only be told of a run of all the tests.
  const findings = values.check ? found : { ...found, stale: [] };
  if (!values.check && !granted.roles.some(isUsed)) {
    console.log('No role has used a permission since the endpoint was started. Call the APIs first, then ask again.');
    return 0;
  }
  const count = findings.excess.length + findings.stale.length;
  if (!values.check) console.log(`${renderUsage(granted)}\n`);
  if (count > 0) console.log(renderFindings(findings));
  console.log(
    `${granted.roles.length} roles, ${count === 0 ? 'no excess permissions' : `${count} excess permission${count === 1 ? '' : 's'}`}.`,
  );
  return values.check && count > 0 ? 1 : 0;
}

function isUsed({ grants, denied }: RoleUsage): boolean {
  return denied.length > 0 || grants.some(({ actions }) => actions.some(({ uses }) => uses > 0));
}

/** What production would be granted, of which only the wildcards can be told: it is not deployed here. */
async function renderRoles() {
  const project = { root, services: readProject(root), render: createRenderer(root) };
  const rendered: Template[] = [];
  for (const set of optionSets.filter(({ name }) => ['prod-defaults', 'prod-everything'].includes(name))) {
    rendered.push(...(await renderProject({ ...project, ...set })).map(({ template }) => deployedTemplate(template)));
  }
  return rendered.flatMap(readTemplateRoles);
}

async function fetchUsage(url: string): Promise<GrantUsage> {
  return parseGrantUsage(await (await askEndpoint(url, '/_local/iam')).text());
}

function readUsage(file: string): GrantUsage {
  if (!existsSync(file))
    throw new Error(`There is no ${file}. Run npm run test:e2e first, which writes what was used.`);
  return parseGrantUsage(readFileSync(file, 'utf8'));
}

main().then(
  (status) => {
    process.exitCode = status;
  },
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 2;
  },
);
