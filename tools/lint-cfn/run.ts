/** Checks all rendered templates by cfn-lint. `npm run lint:cfn -- --help` */
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { readProject, selectServices } from '#tools/dev/project.ts';
import { Report } from '../lint-templates/report.ts';
import { selectOptionSets } from '../render-templates/option-sets.ts';
import { renderProject } from '../render-templates/render-project.ts';
import { createRenderer } from '../render-templates/render-template.ts';
import { requireCfnLint, runCfnLint } from './run-cfn-lint.ts';

const usage = `Checks the CloudFormation templates of every service by cfn-lint, which is a program of its own and needs Python:
pip install -r tools/lint-cfn/requirements.txt

Usage: npm run lint:cfn -- [options]

Options:
  --services <a,b>  only these services, and those that they need
  --options <a,b>   only these sets of options; npm run package -- --list-options shows them
  --help            show this text`;

const root = join(import.meta.dirname, '..', '..');

/** A template that one or more sets of options render. */
type Rendered = { readonly service: string; readonly sets: string[]; readonly text: string };

async function render(services: readonly string[] | undefined, options: string): Promise<readonly Rendered[]> {
  const project = readProject(root);
  const selected = selectServices(project, services ?? project.map(({ name }) => name));
  const renderTemplate = createRenderer(root);
  const known = new Map<string, Rendered>();
  for (const set of selectOptionSets(options)) {
    for (const { service, template } of await renderProject({
      root,
      services: selected,
      render: renderTemplate,
      ...set,
    })) {
      const text = JSON.stringify(template, null, 2);
      const key = createHash('sha256').update(text).digest('hex');
      const rendered = known.get(key) ?? { service: service.name, sets: [], text };
      rendered.sets.push(set.name);
      known.set(key, rendered);
    }
  }
  return [...known.values()];
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
  await requireCfnLint();
  const rendered = await render(values.services?.split(','), values.options);
  using folder = temporaryFolder();
  const byFile = new Map(rendered.map((each, index) => [join(folder.path, `${index}-${each.service}.json`), each]));
  for (const [file, { text }] of byFile) writeFileSync(file, text);
  const findings = (await Promise.all(shares([...byFile.keys()]).map(runCfnLint))).flat();
  const report = new Report();
  for (const [file, { service, sets }] of byFile) {
    const found = findings.filter((each) => each.file === file).map(({ finding }) => finding);
    for (const set of sets) report.add(service, set, found);
  }
  console.log(report.toString());
  if (report.hasFindings) process.exitCode = 1;
}

/** Splits files among as many processes as there are cores. */
function shares(files: readonly string[]): readonly (readonly string[])[] {
  const count = availableParallelism();
  return Array.from({ length: count }, (_, share) => files.filter((_file, index) => index % count === share)).filter(
    ({ length }) => length > 0,
  );
}

function temporaryFolder(): Disposable & { readonly path: string } {
  const path = mkdtempSync(join(tmpdir(), 'lint-cfn-'));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true }) };
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
