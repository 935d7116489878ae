/** Measures what the project claims about speed and weight. `npm run bench -- --help` */
import { parseArgs } from 'node:util';
import { measurePeer } from './peers/measure-peer.ts';
import { readPeer } from './peers/read-peer.ts';
import { holdsAnywhere, isMet, type Measurement, renderReport } from './report.ts';
import { scenarios } from './scenarios.ts';

const usage = `Measures what the project claims about speed and weight.

Usage: npm run bench [-- <scenario> …] [--strict]
       npm run bench -- peers <folder> [--description <file>]
       npm run bench -- peers <folder> --entry <file> [--export <name>] [--event <file>] [--env NAME=value …] [--ours <name>]

Scenarios:
${scenarios.map(({ name, description }) => `  ${name.padEnd(14)} ${description}`).join('\n')}

Options:
  --strict              end with status 1 when a ratio misses its target: ratios hold on any machine, times do not
  --description <file>  the functions of a peer, as in tools/bench/peers/serverless-microservice-patterns.json (the default)
  --entry <file>        one function of a peer: its source in <folder>
  --export <name>       the name of its export (default handler)
  --event <file>        JSON with its event (default a request to POST /tasks or GET /tasks)
  --env NAME=value      an environment variable of it; may be given more than once
  --ours <name>         what to compare it with: createTask (the default) or listTasks
  --help                show this text

peers measures the same work in a checkout of another project, whose packages are installed: INIT, first and warm invocation against
a table that answers at once, and the bundle. Each scenario but cold-floor and iam-check runs an endpoint of its own in a process of
its own. Numbers depend on the machine; the targets are for two cores with nothing else to do.`;

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      strict: { type: 'boolean', default: false },
      description: { type: 'string' },
      entry: { type: 'string' },
      export: { type: 'string' },
      event: { type: 'string' },
      env: { type: 'string', multiple: true },
      ours: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  const { strict, help, ...ofPeer } = values;
  if (help) {
    console.log(usage);
    return;
  }
  if (positionals[0] === 'peers') {
    const [, checkout, ...rest] = positionals;
    if (checkout === undefined || rest.length > 0) throw new Error('Name one folder: npm run bench -- peers <folder>');
    const { peer, folder } = readPeer(checkout, ofPeer);
    console.log(renderReport(await measurePeer(peer, folder)));
    return;
  }
  const [option] = Object.entries(ofPeer).flatMap(([name, value]) => (value === undefined ? [] : name));
  if (option !== undefined) throw new Error(`--${option} is an option of peers.`);
  await runScenarios(positionals, strict);
}

async function runScenarios(names: readonly string[], isStrict: boolean): Promise<void> {
  const unknown = names.filter((name) => scenarios.every((scenario) => scenario.name !== name));
  if (unknown.length > 0)
    throw new Error(`There is no scenario "${unknown.join(', ')}". Run with --help for the list.`);
  const all: Measurement[] = [];
  for (const { name, description, run } of scenarios) {
    if (names.length > 0 && !names.includes(name)) continue;
    console.log(`\n${name}: ${description}`);
    const measurements = await run();
    all.push(...measurements);
    console.log(renderReport(measurements));
  }
  const missed = all.filter((measurement) => !isMet(measurement));
  console.log(
    missed.length === 0 ? '\nEvery target is met.' : `\nMissed: ${missed.map(({ name }) => name).join(', ')}`,
  );
  if (isStrict && missed.some(holdsAnywhere)) process.exitCode = 1;
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
});
