import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { root } from '#test/support/fixture-project.ts';
import { installCdk } from '#test/support/install-cdk.ts';
import { type Finished, runCommand } from '#test/support/run-command.ts';
import { findServices } from './find-services.ts';

const handler = 'exports.run = async () => ({ statusCode: 200, body: process.version });\n';
const service = (name: string, rest: string): string =>
  `service: ${name}\nprovider: { name: aws, runtime: nodejs18.x }\nfunctions:\n  run:\n    handler: index.run\n${rest}`;

/** A CDK app with one stack, whose template has what `construct` makes. */
const app = (construct: string): string => `
import { App, CfnResource, Stack } from 'aws-cdk-lib';
import { Code, Function, Runtime } from 'aws-cdk-lib/aws-lambda';
import { LambdaRestApi } from 'aws-cdk-lib/aws-apigateway';
const app = new App();
const stack = new Stack(app, app.node.getContext('name'));
${construct}
`;
const restApi = `
const code = Code.fromInline('exports.run = async () => ({ statusCode: 200 })');
const handler = new Function(stack, 'Run', { runtime: Runtime.NODEJS_18_X, handler: 'index.run', code });
new LambdaRestApi(stack, 'Rest', { handler });`;
const fleet = `new CfnResource(stack, 'Fleet', { type: 'AWS::GameLift::Fleet', properties: { Name: 'x' } });`;

describe('trying a project', () => {
  let folder: string;
  /** Where the command makes its copies. */
  let scratch: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'project-'));
    scratch = mkdtempSync(join(tmpdir(), 'scratch-'));
  });
  afterEach(() => {
    for (const each of [folder, scratch]) rmSync(each, { recursive: true, force: true });
  });

  function write(files: Readonly<Record<string, string>>): void {
    for (const [file, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      writeFileSync(join(folder, file), text);
    }
  }

  function tryProject(...args: string[]): Promise<Finished> {
    const command = [join(root, 'tools', 'run-script.js'), 'try-project/run.ts', ...args];
    return runCommand(process.execPath, command, {
      cwd: root,
      // As npm sets it: the folder of the operator. The credentials must not be used.
      env: { ...process.env, INIT_CWD: dirname(folder), TMPDIR: scratch, AWS_PROFILE: 'production' },
      timeoutMs: 280_000,
    });
  }

  it('says for each service whether it deploys, what is refused and what it needs, and leaves nothing behind', async () => {
    write({
      'api/serverless.yml': service('shop-api', '    events: [{ httpApi: GET /run }]\n'),
      'api/index.js': handler,
      'api/node_modules/unused/serverless.yml': 'service: not-one-of-ours\n',
      'queue/serverless.yml': service(
        'shop-queue',
        'resources: { Resources: { Fleet: { Type: AWS::GameLift::Fleet, Properties: { Name: x } } } }\n',
      ),
      'queue/index.js': handler,
      'web/serverless.yml': service('shop-web', 'plugins: [serverless-not-installed]\n'),
      'web/index.js': handler,
      'job/serverless.js': `module.exports = {
        service: 'shop-job', frameworkVersion: '4', provider: { name: 'aws', runtime: 'nodejs16.x' },
        functions: { run: { handler: 'index.run', runtime: 'nodejs14.x', events: [{ schedule: 'rate(1 day)' }] } } };`,
      'job/index.js': handler,
    });
    const before = readdirSync(folder, { recursive: true }).sort();
    const { exitCode, output } = await tryProject(folder, '--runtime', 'nodejs24.x');
    expect(output).toMatch(
      /^api\/serverless\.yml {2}deploys\n {2}http:\/\/localhost:\d+\/_api\/shop-api {2}\(HttpApi\)$/m,
    );
    expect(output).toMatch(/^job\/serverless\.js {2}deploys$/m);
    expect(output).toMatch(/^queue\/serverless\.yml {2}refused: .*AWS::GameLift::Fleet/m);
    expect(output).toMatch(/^web\/serverless\.yml {2}needs: the plugin serverless-not-installed/m);
    expect(output).toMatch(/^2 of 4 deployed\.$/m);
    expect(output).not.toMatch(/not-one-of-ours|fault of the endpoint/);
    expect(exitCode).toBe(1);
    expect(readdirSync(folder, { recursive: true }).sort()).toStrictEqual(before);
    expect(readdirSync(scratch).filter((name) => name.startsWith('try-project-'))).toStrictEqual([]);
  });

  it('leaves runtimes as they are unless it is asked to change them', async () => {
    write({ 'serverless.yml': service('old', ''), 'index.js': handler });
    const { exitCode, output } = await tryProject(folder);
    expect(output).toMatch(/^serverless\.yml {2}refused: RunLambdaFunction \(AWS::Lambda::Function\): .*nodejs18\.x/m);
    expect(exitCode).toBe(1);
  });

  it('deploys CDK apps beside services of the Serverless Framework, with the same report', async () => {
    const cdkJson = '{ "app": "node app.mjs" }';
    write({
      'shop/cdk.json': cdkJson,
      'shop/app.mjs': app(restApi),
      'fleet/cdk.json': cdkJson,
      'fleet/app.mjs': app(fleet),
      'broken/cdk.json': cdkJson,
      'broken/app.mjs': "import 'not-installed';\n",
      'job/serverless.yml': service('shop-job', ''),
      'job/index.js': handler,
    });
    symlinkSync(await installCdk(), join(folder, 'node_modules'), 'junction');
    const before = readdirSync(folder).sort();
    const { exitCode, output } = await tryProject(folder, '--runtime', 'nodejs24.x', '--context', 'name=shop');
    expect(output).toMatch(/^shop\/cdk\.json {2}deploys\n {2}http:\/\/localhost:\d+\/_api\/shop {2}\(Rest\w+\)$/m);
    expect(output).toMatch(/^fleet\/cdk\.json {2}refused: .*AWS::GameLift::Fleet/m);
    expect(output).toMatch(/^broken\/cdk\.json {2}needs: the package not-installed/m);
    expect(output).toMatch(/^job\/serverless\.yml {2}deploys$/m);
    expect(output).toMatch(/^2 of 4 deployed\.$/m);
    expect(output).not.toMatch(/fault of the endpoint/);
    expect(exitCode).toBe(1);
    expect(readdirSync(folder).sort()).toStrictEqual(before);
  });

  it('needs a CDK CLI for a CDK app', async () => {
    write({ 'cdk.json': '{ "app": "node app.mjs" }' });
    const { output } = await tryProject(folder);
    expect(output).toMatch(/^cdk\.json {2}needs: the package aws-cdk: install the packages of the project first$/m);
  });

  it.each([
    ['no folder', [], /Name one folder/],
    ['a folder that does not exist', ['missing-folder'], /There is no folder .*missing-folder/],
    ['a folder without a service', ['.'], /has no serverless\.yml.*cdk\.json/],
    ['an unknown option', ['.', '--runtme', 'nodejs24.x'], /--runtme/],
    ['a runtime of another language', ['.', '--runtime', 'python3.13'], /--runtime takes a Node\.js runtime/],
    ['a CDK CLI that is not there', ['.', '--cdk-cli', '.'], /--cdk-cli takes the folder of the package aws-cdk/],
    ['a time that is none', ['.', '--timeout', 'soon'], /--timeout takes seconds/],
  ])('refuses %s, without a stack', async (_mistake, args, message) => {
    if (args.includes('--runtme') || args.length > 1) write({ 'serverless.yml': service('any', '') });
    const given = args.map((arg) => (arg === '.' ? folder : arg));
    const { exitCode, output } = await tryProject(...given);
    expect(output).toMatch(message);
    expect(output).not.toMatch(/^\s+at /m);
    expect(exitCode).toBe(2);
  });

  it('shows how it is used', async () => {
    const { exitCode, output } = await tryProject('--help');
    expect(output).toMatch(/Usage: npm run try-project -- <folder>/);
    expect(exitCode).toBe(0);
  });

  it('takes a folder with several configurations for one service, and looks into no packages', () => {
    write({ 'serverless.yml': '', 'serverless.ts': '', 'a/serverless.json': '', 'node_modules/b/serverless.yml': '' });
    write({ 'a/cdk.json': '', 'cdk.out/cdk.json': '' });
    expect(findServices(folder)).toStrictEqual([
      { kind: 'serverless', folder: '.', file: 'serverless.yml' },
      { kind: 'serverless', folder: 'a', file: 'serverless.json' },
      { kind: 'cdk', folder: 'a', file: 'cdk.json' },
    ]);
  });
});
