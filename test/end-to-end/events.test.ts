import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterAll, expect, it } from '@jest/globals';
import { useEndpoint } from 'local-aws/testing';
import { parse } from 'yaml';
import * as z from 'zod';
import { root } from '#test/support/fixture-project.ts';
import { runCommand } from '#test/support/run-command.ts';
import { readProject } from '#tools/dev/project.ts';

// `invoke-events` runs each function of a service as `invoke local` does, one start of the CLI for all of them.

/** A path that ends in a UUID or a KSUID is that of an item, which a fresh stack does not have. */
const itemPath = /\/(?:[0-9a-f-]{36}|[0-9A-Za-z]{27})$/;
const eventFile = z.looseObject({ path: z.string().default('') });

const answer = z.union([
  z.strictObject({ batchItemFailures: z.tuple([]) }).transform(() => 200),
  // Of a job.
  z.strictObject({ date: z.iso.date() }).transform(() => 200),
  z.looseObject({ statusCode: z.number() }).transform(({ statusCode }) => statusCode),
]);

// The other tests count messages, and have players of the same names. Jest runs these hooks in the order of their calls.
afterAll(() => aws.reset());
const aws = useEndpoint();

const serviceFile = z.looseObject({ functions: z.record(z.string(), z.looseObject({ handler: z.string() })) });

// The orders are those of a user of users.
it.each(
  readProject(root)
    .map(({ name }) => name)
    .filter((name) => existsSync(join(root, 'services', name, 'src'))),
)('the events of %s are what its functions take, with the permissions of their roles', async (service) => {
  const cwd = join(root, 'services', service);
  const { port } = new URL(aws.url);
  const { exitCode, output } = await runCommand('sls', ['invoke-events', '--stage', 'local'], {
    cwd,
    env: { ...process.env, EDGE_PORT: port, PATH: `${join(root, 'node_modules', '.bin')}:${process.env.PATH}` },
  });
  expect({ exitCode, output }).toMatchObject({ exitCode: 0 });
  const answers = output.split(/^(?=events\/)/m).filter((part) => part.startsWith('events/'));
  for (const text of answers) {
    const [file = ''] = text.split('\n');
    const [json = ''] = /^\{\n[\s\S]*?^\}$/m.exec(text) ?? [];
    const status = answer.parse(JSON.parse(json));
    const event = eventFile.safeParse(JSON.parse(readFileSync(join(cwd, file), 'utf8'))).data;
    const isMissing = itemPath.test(event?.path.split('?')[0] ?? '');
    expect({ text, isRight: isMissing ? status === 404 : status < 300 }).toMatchObject({ isRight: true });
  }
  const files = answers.map((text) => text.split('\n')[0] ?? '');
  expect(files.sort()).toStrictEqual(
    readdirSync(join(cwd, 'events'))
      .map((file) => `events/${file}`)
      .sort(),
  );
  const { functions } = serviceFile.parse(
    parse(readFileSync(join(cwd, 'serverless.yml'), 'utf8'), { logLevel: 'silent' }),
  );
  const handlers = Object.values(functions).map(({ handler }) => basename(handler).split('.')[0]);
  const tested = new Set(files.map((file) => basename(file).split('.')[0]));
  expect(handlers.filter((handler) => !tested.has(handler))).toStrictEqual([]);
});
