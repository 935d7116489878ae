/** Prints what the project costs on AWS. `npm run cost -- --help` */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startTestEndpoint } from 'local-aws/testing';
import { deploy } from '#tools/dev/deploy.ts';
import { readProject } from '#tools/dev/project.ts';
import { replaceParts } from '../generated/replace-parts.ts';
import { describeAll, describeMonth } from './describe-costs.ts';
import { costDocuments } from './documents.ts';
import { type Basis, defaultMemory, selectOptions } from './estimate.ts';
import { readLoad } from './load.ts';
import { measureIdle } from './measure-idle.ts';
import { measureOperations } from './measure-operations.ts';
import { options } from './options.ts';
import { readPriceList } from './price-list.ts';
import { renderAll, renderMonth } from './print-costs.ts';
import { readRecord, settleBytes, writeRecord } from './record.ts';

const usage = `Prints what the project costs on AWS: a million of each operation, a month without requests, and what options add.

Usage: npm run cost [-- options]

Options:
  --load <load>      a month of a load of yours: a file in YAML or JSON, or a list such as
                     tasks.createTask=20/s,tasks.getTask=1000000. A number is a month's; /s, /min, /h and /d are possible
  --options <a,b>    the parameters that are on, of: ${options.map(({ name }) => name).join(', ')};
                     or none (default tracing)
  --memory <MB>      the memory of functions (default that of shared/serverless/params.yml)
  --free-tier        also show the sum less the part of the free tier that does not end
  --json             print JSON
  --measure          run all operations on an endpoint, count what they use, and write tools/cost/usage.json
  --write            write the tables of docs/costs.md and of the READMEs
  --help             show this text

Prices and assumptions are in tools/cost/prices.yml, with their date. Stored data, and traffic that nothing here
causes, come on top.`;

const root = join(import.meta.dirname, '..', '..');

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      load: { type: 'string' },
      options: { type: 'string', default: 'tracing' },
      memory: { type: 'string' },
      'free-tier': { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      measure: { type: 'boolean', default: false },
      write: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(usage);
    return;
  }
  if (values.measure) await measure();
  const basis: Basis = { record: readRecord(), priceList: readPriceList(), memoryMb: memoryOf(values.memory) };
  if (values.write) writeDocuments(basis);
  if (values.measure || values.write) return;
  const chosen = selectOptions(values.options);
  if (values.load === undefined) {
    console.log(values.json ? JSON.stringify(describeAll(basis), undefined, 2) : renderAll(basis));
    return;
  }
  const names = basis.record.operations.map(({ name }) => name);
  const load = readLoad(values.load, names, basis.priceList.hoursPerMonth);
  console.log(
    values.json
      ? JSON.stringify(describeMonth(load, chosen, basis), undefined, 2)
      : renderMonth(load, chosen, basis, values['free-tier']),
  );
}

function memoryOf(text: string | undefined): number {
  if (text === undefined) return defaultMemory(root);
  const memory = Number(text);
  if (Number.isInteger(memory) && memory >= 128 && memory <= 10_240) return memory;
  throw new Error(`--memory ${text} is not a whole number of MB from 128 to 10240.`);
}

async function measure(): Promise<void> {
  const before = readRecord();
  const services = readProject(root);
  await using endpoint = await startTestEndpoint({
    url: false,
    async deploy({ port }) {
      const workspace = join(root, '.local', 'cost');
      await deploy({ root, workspace, services, port, environment: process.env });
    },
  });
  const operations = settleBytes(
    await measureOperations(
      endpoint,
      services.map(({ name }) => name),
    ),
    before.operations,
  );
  writeRecord({ operations, idle: await measureIdle(root, readPriceList()) });
}

function writeDocuments(basis: Basis): void {
  for (const { file, parts } of costDocuments(basis)) {
    const path = join(root, file);
    writeFileSync(path, replaceParts(readFileSync(path, 'utf8'), parts));
  }
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
