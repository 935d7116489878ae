import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type BuildOptions, build, type Metafile } from 'esbuild';
import { root } from '#test/support/fixture-project.ts';
import { readBuildOptions } from '#tools/dev/build-options.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'bundles-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const optionsOf = (service: string): BuildOptions => ({
  ...readBuildOptions(root, join(root, 'services', service)),
  absWorkingDir: join(root, 'services', service),
  bundle: true,
});

async function bundle(service: string, handler: string): Promise<Metafile> {
  const entryPoints = [`src/handlers/${handler}.ts`];
  return (await build({ ...optionsOf(service), entryPoints, outdir: folder, write: false, metafile: true })).metafile;
}

const sourcesOf = (metafile: Metafile): readonly string[] => Object.keys(metafile.inputs);

/** In kB. They grow with the SDK; what grows by more than that may be something that no function needs. */
test.each([
  ['tasks', 'create-task', 285],
  ['planner', 'get-plan', 310],
  ['notifications', 'announce-order', 345],
])('the bundle of %s/%s has at most %i kB', async (service, handler, limit) => {
  const { outputs } = await bundle(service, handler);
  const [output] = Object.values(outputs);
  expect(output?.bytes).toBeLessThanOrEqual(limit * 1000);
});

test('each part of the SDK that functions have no use for is replaced, and not in the bundle', async () => {
  const sources = sourcesOf(await bundle('planner', 'get-plan'));
  const { alias = {} } = optionsOf('planner');
  expect(sources).toStrictEqual(expect.arrayContaining(Object.values(alias)));
  const unused = /credential-provider-(?!node$)|event-?stream-?(?:codec|serde)|node:zlib/;
  expect(sources.filter((path) => unused.test(path))).toStrictEqual([]);
});

test('the SDK and what replaces its parts share one @smithy/core', async () => {
  const metafiles = await Promise.all([bundle('tasks', 'create-task'), bundle('planner', 'publish-plan')]);
  const folders = metafiles.flatMap(sourcesOf).flatMap((path) => /^.*@smithy\/core\//.exec(path) ?? []);
  expect([...new Set(folders)]).toStrictEqual([
    `${relative(join(root, 'services', 'tasks'), join(root, 'node_modules', '@smithy', 'core'))}/`,
  ]);
});

/** Says for each environment where and how a client calls, or which error it throws. */
const probe = `
  import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
  const attempt = (provider) => provider().catch(({ message }) => message.split(/[:,]/)[0]);
  async function answerTo(settings) {
    Object.assign(process.env, settings);
    let sent;
    const handle = async (request) => {
      sent = request;
      throw Object.assign(new Error('sent'), { name: 'NotSent' });
    };
    const client = new DynamoDBClient({ requestHandler: { handle } });
    const error = await attempt(() => client.send(new ListTablesCommand()));
    const { hostname, headers } = sent ?? {};
    const { maxAttempts, retryMode, defaultsMode } = client.config;
    const answer = {
      settings, error, hostname, userAgent: headers?.['user-agent'], region: headers?.authorization.split('/')[2],
      attempts: await attempt(maxAttempts), mode: await attempt(retryMode), defaults: await attempt(defaultsMode),
    };
    for (const name of Object.keys(settings)) delete process.env[name];
    return answer;
  }
  (async () => {
    const answers = [];
    for (const settings of JSON.parse(process.argv[2])) answers.push(await answerTo(settings));
    console.log(JSON.stringify(answers));
  })();`;

const settings = [
  {},
  { AWS_REGION: 'us-gov-west-1' },
  { AWS_USE_FIPS_ENDPOINT: 'true' },
  { AWS_USE_FIPS_ENDPOINT: 'perhaps' },
  { AWS_USE_DUALSTACK_ENDPOINT: 'true' },
  { AWS_ENDPOINT_URL: 'http://any.test' },
  { AWS_ENDPOINT_URL: 'http://any.test', AWS_ENDPOINT_URL_DYNAMODB: 'http://table.test' },
  { AWS_ENDPOINT_URL: 'http://any.test', AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true' },
  { AWS_ENDPOINT_URL: 'http://any.test', AWS_USE_FIPS_ENDPOINT: 'true' },
  { AWS_MAX_ATTEMPTS: '7', AWS_RETRY_MODE: 'adaptive' },
  { AWS_MAX_ATTEMPTS: 'many' },
  { AWS_DEFAULTS_MODE: 'auto', AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x' },
  { AWS_DEFAULTS_MODE: 'Cross-Region' },
  { AWS_DEFAULTS_MODE: 'wrong' },
  { AWS_SDK_UA_APP_ID: 'tasks' },
];

test('clients in a bundle take the same settings from the environment as those of the SDK as it is published', async () => {
  const answersOf = async (name: string, options: BuildOptions): Promise<unknown> => {
    const outfile = join(folder, `${name}.cjs`);
    await build({ ...optionsOf('tasks'), ...options, stdin: { contents: probe, resolveDir: root }, outfile });
    const credentials = { AWS_ACCESS_KEY_ID: 'id', AWS_SECRET_ACCESS_KEY: 'secret', AWS_SESSION_TOKEN: 'token' };
    const env = { PATH: process.env.PATH, HOME: folder, AWS_EC2_METADATA_DISABLED: 'true', ...credentials };
    // What is set for one turn is gone at the next.
    const turns = settings.map((each) => ({ AWS_REGION: 'eu-west-1', ...each }));
    return JSON.parse(execFileSync(process.execPath, [outfile, JSON.stringify(turns)], { env, encoding: 'utf8' }));
  };
  const { '@smithy/core/config': _, ...others } = optionsOf('tasks').alias ?? {};
  const published = await answersOf('published', { alias: others });
  expect(published).toHaveLength(settings.length);
  expect(await answersOf('bundled', {})).toStrictEqual(published);
});
