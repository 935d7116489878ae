/** Tells what each role may do and what it did. `npm run iam:report -- --help` */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { parseExceptions } from './iam-report/exceptions.ts';
import { findExcess } from './iam-report/find-excess.ts';
import { type GrantUsage, parseGrantUsage } from './iam-report/grant-usage.ts';
import { renderFindings, renderUsage } from './iam-report/render-report.ts';
import { readTemplateRoles } from './iam-report/template-roles.ts';

const defaultUrl = 'http://localhost:4566';
const exceptionsFile = 'test/iam-exceptions.yml';

const usage = `Tells what each role may do, what it did since the endpoint was started, and what it never did.

Usage: npm run iam:report [-- options]

Options:
  --endpoint-url <url>  the running endpoint (default ${defaultUrl})
  --usage <file>        read what \`npm run test:e2e\` left there instead
  --templates <dir>     look for wildcards in the templates that \`npm run package\` rendered there too
  --check               print only what is too much, and end with status 1 if there is anything: an action or
                        resource that was never used, or one with a wildcard, unless ${exceptionsFile} has
                        a reason for it
  --help                show this text`;

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      'endpoint-url': { type: 'string', default: defaultUrl },
      usage: { type: 'string' },
      templates: { type: 'string' },
      check: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(usage);
    return 0;
  }
  const granted = values.usage === undefined ? await fetchUsage(values['endpoint-url']) : readUsage(values.usage);
  const rendered = values.templates === undefined ? [] : templatesIn(values.templates).flatMap(readTemplateRoles);
  const exceptions = parseExceptions(readFileSync(exceptionsFile, 'utf8'));
  const found = findExcess([...granted.roles, ...rendered], exceptions);
  // What no line of the exceptions is about can only be told of a run of all the tests.
  const findings = values.check ? found : { ...found, stale: [] };
  const count = findings.excess.length + findings.stale.length;
  if (!values.check) console.log(`${renderUsage(granted)}\n`);
  if (count > 0) console.log(renderFindings(findings));
  console.log(`${granted.roles.length} roles, ${count === 0 ? 'nothing' : `${count} things`} too much.`);
  return values.check && count > 0 ? 1 : 0;
}

function templatesIn(folder: string): readonly string[] {
  const names = globSync('**/cloudformation-template-update-stack.json', { cwd: folder });
  if (names.length === 0) throw new Error(`There are no templates in ${folder}. Render them with npm run package.`);
  return names.map((name) => join(folder, name));
}

async function fetchUsage(url: string): Promise<GrantUsage> {
  try {
    return parseGrantUsage(await (await fetch(`${url}/_local/iam`)).text());
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new Error(`There is no endpoint on ${url}. Start one with npm start.`, { cause: error });
  }
}

function readUsage(file: string): GrantUsage {
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
