import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { unzipSync, zipSync } from 'fflate';
import { type Endpoint, startEndpoint } from 'local-aws';
import { bundlingEvents } from '#shared/serverless/bundling/esbuild-plugin.ts';
import { awsConfig } from '#test/support/aws-config.ts';
import { copyFixture, type FixtureProject, root } from '#test/support/fixture-project.ts';
import { type Finished, runCommand } from '#test/support/run-command.ts';
import { localEnvironment } from '#tools/dev/deploy.ts';

describe('serverless-esbuild, loaded only to bundle', () => {
  let endpoint: Endpoint;
  let project: FixtureProject;
  let temporary: string;
  beforeAll(async () => {
    endpoint = await startEndpoint({
      port: 0,
      persist: undefined,
      onError: (error) => {
        throw new Error(String(error));
      },
    });
    project = copyFixture('bundling');
    temporary = join(project.folder, 'tmp');
    mkdirSync(temporary);
    const code = `exports.handler = async () => 'hello from an artifact';`;
    writeFileSync(join(project.folder, 'packaged.zip'), zipSync({ 'index.js': new TextEncoder().encode(code) }));
  });
  afterAll(async () => {
    project[Symbol.dispose]();
    await endpoint.close();
  });

  function sls(...args: string[]): Promise<Finished> {
    return runCommand('sls', [...args, '--stage', 'local'], {
      cwd: project.folder,
      env: { ...localEnvironment(root, endpoint.port, process.env), TMPDIR: temporary },
    });
  }

  async function invoke(name: string): Promise<unknown> {
    const client = new LambdaClient(awsConfig(endpoint.url));
    const { Payload } = await client.send(new InvokeCommand({ FunctionName: `bundling-local-${name}` }));
    client.destroy();
    return JSON.parse(new TextDecoder().decode(Payload));
  }

  const filesOf = (name: string): readonly string[] =>
    Object.keys(unzipSync(readFileSync(join(project.folder, '.serverless', `${name}.zip`)))).sort();

  function expectNothingIsLeft(): void {
    expect(existsSync(join(project.folder, '.esbuild'))).toBe(false);
    expect(readdirSync(temporary)).toStrictEqual([]);
  }

  it('knows every event at which serverless-esbuild bundles', () => {
    const { prototype } = createRequire(import.meta.url)('serverless-esbuild');
    const names = String(prototype.constructor).matchAll(/'((?:before|after):[\w:]+)': async/g);
    expect(bundlingEvents).toStrictEqual([...names].map(([, event]) => event));
  });

  it("shows esbuild's warnings, with their place", async () => {
    const { exitCode, output } = await sls('deploy');
    expect({ exitCode, output }).toMatchObject({ exitCode: 0 });
    expect(output.match(/"import\.meta" is not available/g)).toHaveLength(1);
    expect(output).toMatch(/src\/typed-module\.mts:1:22/);
  });

  it('packs files of package.patterns, which the function finds beside itself', async () => {
    expect(filesOf('withData')).toStrictEqual(['data/greeting.txt', 'src/with-data.cjs']);
    expect(await invoke('withData')).toBe('hello from a file');
  });

  it('packs external packages for the functions that use them', async () => {
    const greeter = ['addon.node', 'index.cjs', 'package.json'].map((file) => `node_modules/greeter/${file}`);
    expect(filesOf('withPackage')).toStrictEqual([...greeter, 'src/with-package.cjs']);
    expect(await invoke('withPackage')).toBe('hello from a package');
    expect(filesOf('common')).toStrictEqual(['src/common.cjs']);
  });

  for (const [name, greeting] of Object.entries({
    common: 'hello from .cjs',
    module: 'hello from .mjs',
    typedModule: 'hello from .mts, nowhere',
  })) {
    it(`bundles a handler that says ${greeting}`, async () => expect(await invoke(name)).toBe(greeting));
  }

  it('leaves a function with an artifact of its own as it is', async () => {
    expect(await invoke('packaged')).toBe('hello from an artifact');
  });

  it('leaves neither its build nor temporary files', () => expectNothingIsLeft());

  it('makes the same packages from the same sources', async () => {
    // A deploy sees whether something has changed by these; serverless-cli.test.ts has that for a whole service.
    const folder = join(project.folder, '.serverless');
    const packages = () =>
      readdirSync(folder)
        .filter((file) => file.endsWith('.zip'))
        .map((file) => [file, readFileSync(join(folder, file)).toString('base64')]);
    const before = packages();
    const { exitCode, output } = await sls('package');
    expect({ exitCode, output }).toMatchObject({ exitCode: 0 });
    expect(before).toHaveLength(5);
    expect(packages()).toStrictEqual(before);
  });

  it('invokes a function locally with its data and its packages', async () => {
    for (const [name, greeting] of [
      ['withData', 'hello from a file'],
      ['withPackage', 'hello from a package'],
    ] as const) {
      const { exitCode, output } = await sls('invoke', 'local', '--function', name);
      expect({ exitCode, output }).toMatchObject({ exitCode: 0 });
      expect(output).toMatch(new RegExp(greeting));
    }
    expectNothingIsLeft();
  });

  it('ends the command with file, line and column of a mistake, and leaves nothing', async () => {
    project.edit('src/with-data.ts', 'export const', 'export constant');
    for (const command of [['package'], ['deploy', 'function', '--function', 'withData']]) {
      const { exitCode, output } = await sls(...command);
      expect({ exitCode, output }).toMatchObject({ exitCode: 1 });
      expect(output).toMatch(/src\/with-data\.ts:4:\d+: ERROR: /);
      expectNothingIsLeft();
    }
  });

  it('names a function whose handler has no source', async () => {
    project.extend({ functions: { lost: { handler: 'src/lost.handler' } } });
    const { exitCode, output } = await sls('package');
    expect({ exitCode, output }).toMatchObject({ exitCode: 1 });
    expect(output).toMatch(/functions\.lost\.handler: there is no src\/lost\.ts, nor /);
    expectNothingIsLeft();
  });
});
