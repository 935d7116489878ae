/** Measures what the project claims about speed and weight. `npm run bench -- --help` */
import { parseArgs } from 'node:util';
import { isMet, type Measurement, renderReport, type Scenario } from './report.ts';
import { coldStarts } from './scenarios/cold-starts.ts';
import { commerceLoad } from './scenarios/commerce-load.ts';
import { consoleOverhead } from './scenarios/console-overhead.ts';
import { friendsLoad } from './scenarios/friends-load.ts';
import { growth } from './scenarios/growth.ts';
import { hostileInput } from './scenarios/hostile-input.ts';
import { iamCheck } from './scenarios/iam-check.ts';
import { killsUnderLoad } from './scenarios/kills.ts';
import { memory } from './scenarios/memory.ts';
import { persistence } from './scenarios/persistence.ts';
import { startUp } from './scenarios/start-up.ts';
import { tableGrowth } from './scenarios/table-growth.ts';
import { tasksLoad } from './scenarios/tasks-load.ts';
import { usersAsyncLoad } from './scenarios/users-async-load.ts';

const scenarios: readonly Scenario[] = [
  startUp,
  tasksLoad,
  coldStarts,
  usersAsyncLoad,
  friendsLoad,
  commerceLoad,
  consoleOverhead,
  tableGrowth,
  memory,
  hostileInput,
  iamCheck,
  growth,
  persistence,
  killsUnderLoad,
];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { strict: { type: 'boolean', default: false }, help: { type: 'boolean', default: false } },
});

if (values.help) {
  console.log(`Measures what the project claims about speed and weight.

Usage: npm run bench [-- <scenario> …] [--strict]

Scenarios:
${scenarios.map(({ name, description }) => `  ${name.padEnd(14)} ${description}`).join('\n')}

Options:
  --strict   end with status 1 when a target is missed

Each scenario but iam-check runs an endpoint of its own in a process of its own. Numbers depend on the machine; the
targets are for two cores with nothing else to do.`);
} else {
  const unknown = positionals.filter((name) => scenarios.every((scenario) => scenario.name !== name));
  if (unknown.length > 0) {
    console.error(`There is no scenario "${unknown.join(', ')}". Run with --help for the list.`);
    process.exit(2);
  }
  const all: Measurement[] = [];
  for (const { name, description, run } of scenarios) {
    if (positionals.length > 0 && !positionals.includes(name)) continue;
    console.log(`\n${name}: ${description}`);
    const measurements = await run();
    all.push(...measurements);
    console.log(renderReport(measurements));
  }
  const missed = all.filter((measurement) => !isMet(measurement));
  console.log(
    missed.length === 0 ? '\nEvery target is met.' : `\nMissed: ${missed.map(({ name }) => name).join(', ')}`,
  );
  if (values.strict && missed.length > 0) process.exitCode = 1;
}
