import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import * as z from 'zod';
import type { Finding } from '../lint-templates/finding.ts';

/** The rules of cfn-lint that templates need not follow; no error is among them. */
const ignored = [
  // A dependency that a reference implies already: serverless-iam-roles-per-function writes it.
  'W3005',
  // Conditions that are always true or false: the framework fills parameters in before CloudFormation sees them.
  'W8003',
];

const matches = z.array(
  z.object({
    Filename: z.string(),
    Rule: z.object({ Id: z.string() }),
    Message: z.string(),
    Location: z.object({ Path: z.array(z.union([z.string(), z.number()])).nullable() }),
  }),
);

/** What cfn-lint found in a template. */
export type CfnFinding = { readonly file: string; readonly finding: Finding };

const run = promisify(execFile);

/** @throws Error that says how to install cfn-lint, if it is not there */
export async function requireCfnLint(): Promise<void> {
  try {
    await run('cfn-lint', ['--version']);
  } catch {
    throw new Error(
      'cfn-lint does not run here. It needs Python: "pip install -r tools/lint-cfn/requirements.txt" installs it, ' +
        'or "pipx install cfn-lint".',
    );
  }
}

/** Checks templates by cfn-lint. @throws Error with its own words if it does not end as it does with findings or none */
export async function runCfnLint(files: readonly string[]): Promise<readonly CfnFinding[]> {
  const options = ['--format', 'json', '--regions', 'us-east-1', '--ignore-checks', ...ignored];
  const { stdout, stderr } = await run('cfn-lint', [...options, '--', ...files], { maxBuffer: 2 ** 28 }).catch(
    (error: unknown) => outputSchema.parse(error),
  );
  if (stdout.trim() === '') {
    if (stderr.trim() === '') return [];
    throw new Error(`cfn-lint failed:\n${stderr}`);
  }
  return matches.parse(JSON.parse(stdout)).map(({ Filename, Rule, Message, Location }) => {
    const [section = '', id = '', ...path] = Location.Path ?? [];
    const isOfResource = section === 'Resources';
    return {
      file: Filename,
      finding: {
        logicalId: String(isOfResource ? id : section),
        path: (isOfResource ? path : [id, ...path]).join('.'),
        rule: Rule.Id,
        message: Message,
      },
    };
  });
}

/** What a process that ended with a code had written: cfn-lint's code says what kind of findings there are. */
const outputSchema = z.object({ code: z.number(), stdout: z.string(), stderr: z.string() });
