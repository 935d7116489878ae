import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { until } from 'local-aws/testing';
import * as z from 'zod';
import { root } from '#test/support/fixture-project.ts';
import { runCommand } from '#test/support/run-command.ts';

const source = join(root, 'packages', 'local-aws');
const versions = z.record(z.string(), z.string());
const manifest = z
  .object({ version: z.string(), bin: versions, dependencies: versions, optionalDependencies: versions })
  .parse(JSON.parse(readFileSync(join(source, 'package.json'), 'utf8')));

/** Starts an endpoint that keeps its state, and calls a function on it. */
const program = `
  import { CreateFunctionCommand, InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
  import { zipSync } from 'fflate';
  import { startEndpoint } from 'local-aws';

  await using endpoint = await startEndpoint({ iam: false, persist: 'state' });
  const lambda = new LambdaClient(endpoint.clientConfig);
  const code = 'exports.handler = async ({ name }) => "hello " + name';
  await lambda.send(new CreateFunctionCommand({
    FunctionName: 'greet', Role: 'arn:aws:iam::000000000000:role/greet', Runtime: 'nodejs24.x', Handler: 'index.handler',
    Code: { ZipFile: zipSync({ 'index.js': new TextEncoder().encode(code) }) },
  }));
  const { Payload } = await lambda.send(new InvokeCommand({ FunctionName: 'greet', Payload: '{"name":"Ann"}' }));
  console.log(Payload?.transformToString());
  lambda.destroy();
`;

describe('the package that npm publishes', () => {
  const folder = mkdtempSync(join(tmpdir(), 'packed-'));
  const project = join(folder, 'project');
  const installed = join(project, 'node_modules', 'local-aws');
  const command = join(installed, manifest.bin['local-aws'] ?? '');

  const run = async (program: string, args: readonly string[], cwd = project): Promise<string> => {
    const { exitCode, output } = await runCommand(program, args, { cwd, env: process.env });
    expect({ exitCode, output }).toMatchObject({ exitCode: 0 });
    return output;
  };
  /** Installs what the package depends on, and nothing else of this repository. */
  const install = (name: string): void => {
    const link = join(project, 'node_modules', name);
    mkdirSync(dirname(link), { recursive: true });
    if (existsSync(join(root, 'node_modules', name))) symlinkSync(join(root, 'node_modules', name), link, 'junction');
  };

  beforeAll(async () => {
    mkdirSync(installed, { recursive: true });
    writeFileSync(join(project, 'package.json'), '{ "type": "module" }');
    await run(process.execPath, [join(source, 'build.ts'), '--out', join(folder, 'dist')]);
    await run('npm', ['pack', join(folder, 'dist'), '--silent', '--pack-destination', folder]);
    const tarball = join(folder, `local-aws-${manifest.version}.tgz`);
    await run('tar', ['-xzf', tarball, '--strip-components=1', '-C', installed]);
    for (const name of Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies })) install(name);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('holds code, declarations and documents, and neither sources nor tests', () => {
    const files = globSync('**/*.*', { cwd: installed });
    expect(files).toEqual(expect.arrayContaining(['README.md', 'CHANGELOG.md', join('src', 'endpoint.d.ts')]));
    expect(files.filter((file) => /(?<!\.d)\.ts$|\.test\.|\.fixture\./.test(file))).toEqual([]);
  });

  it('starts an endpoint in another project', async () => {
    writeFileSync(join(project, 'greet.js'), program);
    expect(await run(process.execPath, ['greet.js'])).toBe('"hello Ann"\n');
    expect(existsSync(join(project, 'state', 'state.db'))).toBe(true);
  });

  it('has types that a strict project compiles with', async () => {
    install('@types/node');
    writeFileSync(join(project, 'greet.ts'), `${program}\nconst port: number = endpoint.port;\nconsole.log(port);`);
    const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
    const options = ['--noEmit', '--strict', '--skipLibCheck', '--module', 'nodenext', '--target', 'es2024'];
    await run(process.execPath, [tsc, ...options, '--lib', 'es2024,esnext.disposable', '--types', 'node', 'greet.ts']);
  });

  it('has a command that prints its version', async () => {
    expect(await run(process.execPath, [command, '--version'])).toBe(`${manifest.version}\n`);
  });

  it('has a command that starts an endpoint with its console until it is stopped', async () => {
    const child = spawn(process.execPath, [command, '--port', '0'], {
      cwd: project,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    using cleanup = new DisposableStack();
    cleanup.defer(() => child.kill('SIGKILL'));
    const exited = once(child, 'exit');
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text) => {
      output += text;
    });
    const url = await until('the address', () => /ready on (http:\S+)/.exec(output)?.[1]);
    expect((await fetch(`${url}/_localstack/health`)).status).toBe(200);
    const page = await fetch(url, { headers: { accept: 'text/html' } });
    const [, script = ''] = /<script type="module" src="([^"]+)"/.exec(await page.text()) ?? [];
    const code = await fetch(new URL(script, url));
    expect({ status: code.status, type: code.headers.get('content-type') }).toMatchObject({
      status: 200,
      type: expect.stringContaining('javascript'),
    });
    child.kill('SIGINT');
    expect(await exited).toEqual([0, null]);
  });
});
