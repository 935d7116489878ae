/** Runs the contract tests against a deployed stage. `npm run test:contract -- --help` */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const usage = `Runs the end-to-end tests that need no insides of the endpoint against a deployed stage, by the outputs of its stacks.

Usage: npm run test:contract -- --stage <stage> [options]

Options:
  --stage <stage>      the stage, such as dev; local is the endpoint that runs already
  --region <region>    default AWS_REGION, else us-east-1
  --smoke              only ask each API whether it answers, and write nothing
  --help               show this text

Without --smoke the tests create items and delete them at their end. They need auth=none, and credentials that may read
the stacks and may read and delete items of the tables. Do not run them on a stage with users.`;

const { values } = parseArgs({
  options: {
    stage: { type: 'string' },
    region: { type: 'string' },
    smoke: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

if (values.help) {
  console.log(usage);
} else if (values.stage === undefined) {
  console.error('Name the stage: npm run test:contract -- --stage dev');
  process.exitCode = 2;
} else {
  const { status } = spawnSync(
    'jest',
    ['--selectProjects', 'contract', '--coverage=false', ...(values.smoke ? ['smoke.test.ts'] : [])],
    {
      stdio: 'inherit',
      cwd: join(import.meta.dirname, '..', '..'),
      env: {
        ...process.env,
        // As .npmrc has it, which commands outside of npm do not read.
        NODE_OPTIONS: `${process.env.NODE_OPTIONS ?? ''} --experimental-vm-modules`,
        CONTRACT_STAGE: values.stage,
        ...(values.region !== undefined && { AWS_REGION: values.region }),
      },
    },
  );
  process.exitCode = status ?? 1;
}
