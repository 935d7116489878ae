import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import {
  AddLayerVersionPermissionCommand,
  CreateFunctionCommand,
  CreateFunctionUrlConfigCommand,
  DeleteLayerVersionCommand,
  GetFunctionConfigurationCommand,
  GetFunctionUrlConfigCommand,
  GetLayerVersionByArnCommand,
  GetLayerVersionCommand,
  GetLayerVersionPolicyCommand,
  type LambdaClient,
  ListLayersCommand,
  type ListLayersCommandInput,
  ListLayerVersionsCommand,
  PublishLayerVersionCommand,
  RemoveLayerVersionPermissionCommand,
  type Runtime,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';
import { strToU8, zipSync } from 'fflate';
import { memoryState } from '../../core/memory-state.fixture.ts';
import { type Fixture, role, startLambda, zip } from '../lambda.fixture.ts';

const layerArn = 'arn:aws:lambda:us-east-1:000000000000:layer:shared';
const pattern = String.raw`(arn:(aws[a-zA-Z-]*)?:lambda:(eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:\d{12}:layer:[a-zA-Z0-9-_]+:[0-9]+)|(arn:[a-zA-Z0-9-]+:lambda:::awslayer:[a-zA-Z0-9-_]+)`;

async function publish(
  client: LambdaClient,
  LayerName: string,
  files: Record<string, string>,
  more: { CompatibleRuntimes?: Runtime[]; Description?: string } = {},
): Promise<string> {
  const { LayerVersionArn = '' } = await client.send(
    new PublishLayerVersionCommand({ LayerName, Content: { ZipFile: zip(files) }, ...more }),
  );
  return LayerVersionArn;
}

/** A package of a layer that says where it comes from. */
function packageOf(name: string, says: string, folder = 'nodejs/node_modules'): Record<string, string> {
  return {
    [`${folder}/${name}/package.json`]: JSON.stringify({ name, main: 'main.js' }),
    [`${folder}/${name}/main.js`]: `exports.says = ${JSON.stringify(says)};`,
  };
}

/** What a function of `code` with layers returns. */
async function runWith(
  t: TestContext,
  layers: readonly Record<string, string>[],
  code: string | Record<string, string>,
): Promise<unknown> {
  const { client, define, call } = await startLambda(t);
  return callWith({ client, define, call }, layers, code);
}

async function callWith(
  { client, define, call }: Pick<Fixture, 'client' | 'define' | 'call'>,
  layers: readonly Record<string, string>[],
  code: string | Record<string, string>,
): Promise<unknown> {
  const Layers = await Promise.all(layers.map((files, index) => publish(client, `layer${index}`, files)));
  await define('user', code, { Layers });
  return (await call('user')).payload;
}

describe('layers', () => {
  it('are published, listed, shown and deleted, and never get a number twice', async (t) => {
    const { client } = await startLambda(t);
    const first = await client.send(
      new PublishLayerVersionCommand({
        LayerName: 'shared',
        Description: 'one',
        LicenseInfo: 'MIT',
        CompatibleRuntimes: ['nodejs24.x'],
        CompatibleArchitectures: ['arm64'],
        Content: { ZipFile: zip(packageOf('a', '1')) },
      }),
    );
    const { $metadata, Content, CreatedDate, ...shown } = first;
    assert.equal($metadata.httpStatusCode, 201);
    assert.match(CreatedDate ?? '', /^\d{4}-.*\+0000$/);
    assert.deepEqual(shown, {
      LayerArn: layerArn,
      LayerVersionArn: `${layerArn}:1`,
      Version: 1,
      Description: 'one',
      LicenseInfo: 'MIT',
      CompatibleRuntimes: ['nodejs24.x'],
      CompatibleArchitectures: ['arm64'],
    });
    const download = await fetch(Content?.Location ?? '');
    assert.deepEqual(Buffer.from(await download.arrayBuffer()), zip(packageOf('a', '1')));
    await publish(client, 'shared', packageOf('a', '2'));
    await publish(client, 'other', packageOf('b', '1'));
    const { LayerVersions = [] } = await client.send(new ListLayerVersionsCommand({ LayerName: 'shared' }));
    assert.deepEqual(
      LayerVersions.map(({ LayerVersionArn }) => LayerVersionArn),
      [`${layerArn}:2`, `${layerArn}:1`],
    );
    const listed = async (input: ListLayersCommandInput) =>
      (await client.send(new ListLayersCommand(input))).Layers?.map(
        ({ LatestMatchingVersion: latest }) => latest?.LayerVersionArn,
      );
    assert.deepEqual(await listed({}), [`${layerArn.replace('shared', 'other')}:1`, `${layerArn}:2`]);
    assert.deepEqual(await listed({ CompatibleRuntime: 'nodejs24.x' }), [`${layerArn}:1`]);
    assert.deepEqual(await listed({ CompatibleArchitecture: 'x86_64' }), []);
    const byNumber = await client.send(new GetLayerVersionCommand({ LayerName: 'shared', VersionNumber: 1 }));
    const byArn = await client.send(new GetLayerVersionByArnCommand({ Arn: `${layerArn}:1` }));
    assert.deepEqual([byNumber.Description, byArn.Description], ['one', 'one']);
    for (const VersionNumber of [1, 2, 2]) {
      await client.send(new DeleteLayerVersionCommand({ LayerName: layerArn, VersionNumber }));
    }
    assert.equal(await publish(client, 'shared', packageOf('a', '3')), `${layerArn}:3`);
  });

  it('that are unknown or wrong are refused as AWS was recorded to refuse them', async (t) => {
    const { client } = await startLambda(t);
    await publish(client, 'shared', packageOf('a', '1'));
    const none = { name: 'ResourceNotFoundException', message: 'The resource you requested does not exist.' };
    const get = (LayerName: string, VersionNumber: number) =>
      client.send(new GetLayerVersionCommand({ LayerName, VersionNumber }));
    await assert.rejects(get('absent', 1), none);
    await assert.rejects(get('shared', 2), none);
    const tooLow = { name: 'InvalidParameterValueException', message: 'Layer Version Cannot be less than 1' };
    await assert.rejects(get('shared', 0), tooLow);
    await assert.rejects(
      client.send(new DeleteLayerVersionCommand({ LayerName: 'shared', VersionNumber: -1 })),
      tooLow,
    );
    await assert.rejects(client.send(new GetLayerVersionByArnCommand({ Arn: layerArn })), {
      name: 'ValidationException',
      message: `1 validation error detected: Value '${layerArn}' at 'arn' failed to satisfy constraint: Member must satisfy regular expression pattern: ${pattern}`,
    });
    const { LayerVersions } = await client.send(new ListLayerVersionsCommand({ LayerName: 'absent' }));
    assert.deepEqual(LayerVersions, []);
    await assert.rejects(
      client.send(
        new PublishLayerVersionCommand({
          LayerName: 'wrong',
          Content: { ZipFile: zip(packageOf('a', '1')) },
          // @ts-expect-error: no runtime of AWS
          CompatibleRuntimes: ['invalidruntime'],
          // @ts-expect-error: no architecture of AWS
          CompatibleArchitectures: ['invalidarch', 'x86_64'],
        }),
      ),
      ({ name, message }) =>
        name === 'ValidationException' &&
        /^2 validation errors detected: Value '\[invalidruntime\]' at 'compatibleRuntimes' failed .*; Value '\[invalidarch, x86_64\]' at 'compatibleArchitectures' failed/.test(
          message,
        ),
    );
  });

  it('have a policy for each version', async (t) => {
    const { client } = await startLambda(t);
    await publish(client, 'shared', packageOf('a', '1'));
    const version = { LayerName: 'shared', VersionNumber: 1 };
    const read = () => client.send(new GetLayerVersionPolicyCommand(version));
    const add = (more: object = {}) =>
      client.send(
        new AddLayerVersionPermissionCommand({
          ...{ ...version, StatementId: 's1', Action: 'lambda:GetLayerVersion', Principal: '*' },
          ...more,
        }),
      );
    await assert.rejects(read(), { message: 'No policy is associated with the given resource.' });
    const { Statement } = await add();
    const statement = {
      ...{ Sid: 's1', Effect: 'Allow', Principal: '*', Action: 'lambda:GetLayerVersion', Resource: `${layerArn}:1` },
    };
    assert.deepEqual(JSON.parse(Statement ?? ''), statement);
    const { Policy, RevisionId } = await read();
    assert.deepEqual(JSON.parse(Policy ?? ''), { Version: '2012-10-17', Id: 'default', Statement: [statement] });
    await assert.rejects(add(), { name: 'ResourceConflictException' });
    await assert.rejects(add({ StatementId: 's2', RevisionId: 'wrong' }), { name: 'PreconditionFailedException' });
    await assert.rejects(add({ StatementId: 's2', Action: '*' }), { name: 'ValidationException' });
    await assert.rejects(add({ VersionNumber: 2 }), { message: `Layer version ${layerArn}:2 does not exist.` });
    await add({ StatementId: 's2', RevisionId });
    const remove = (StatementId: string) =>
      client.send(new RemoveLayerVersionPermissionCommand({ ...version, StatementId }));
    await assert.rejects(remove('absent'), { message: 'Statement absent is not found in resource policy.' });
    await remove('s1');
    await remove('s2');
    await assert.rejects(read(), { name: 'ResourceNotFoundException' });
  });
});

describe('a function with layers', () => {
  const echo = 'exports.handler = async () => 1;';

  it('shows them, and keeps them when they are deleted', async (t) => {
    const { client, define, call } = await startLambda(t);
    const arn = await publish(client, 'shared', packageOf('a', '1'));
    await define('user', 'exports.handler = async () => require("a").says;', { Layers: [arn] });
    await client.send(new DeleteLayerVersionCommand({ LayerName: 'shared', VersionNumber: 1 }));
    const { Layers } = await client.send(new GetFunctionConfigurationCommand({ FunctionName: 'user' }));
    assert.deepEqual(Layers, [{ Arn: arn, CodeSize: zip(packageOf('a', '1')).length }]);
    assert.equal((await call('user')).payload, '1');
    await client.send(new UpdateFunctionConfigurationCommand({ FunctionName: 'user', Description: 'x' }));
    assert.equal((await call('user')).payload, '1');
    await client.send(new UpdateFunctionConfigurationCommand({ FunctionName: 'user', Layers: [] }));
    assert.equal((await call('user')).error, 'Unhandled');
  });

  it('cannot have what AWS was recorded to refuse', async (t) => {
    const { client, define } = await startLambda(t);
    await define('user', echo);
    const one = await publish(client, 'shared', packageOf('a', '1'));
    const two = await publish(client, 'shared', packageOf('a', '2'));
    const refused = (Layers: string[], message: string) =>
      assert.rejects(client.send(new UpdateFunctionConfigurationCommand({ FunctionName: 'user', Layers })), {
        message,
      });
    const twice = (other: string) =>
      `Two different versions of the same layer are not allowed to be referenced in the same function. ${one} and ${other} are versions of the same layer.`;
    await refused([one, two], twice(two));
    await refused([one, one], twice(one));
    await refused([`${layerArn}:9`], `Layer version ${layerArn}:9 does not exist.`);
    await refused(
      [layerArn],
      `1 validation error detected: Value '[${layerArn}]' at 'layers' failed to satisfy constraint: Member must satisfy constraint: [Member must have length less than or equal to 2048, Member must have length greater than or equal to 1, Member must satisfy regular expression pattern: ${pattern}, Member must not be null]`,
    );
    await refused(
      [one.replace('us-east-1', 'eu-west-1')],
      'Layers are not in the same region as the function. Layers are expected to be in region us-east-1.',
    );
    const six = Array.from({ length: 6 }, (_, index) => `${layerArn}${index}:1`);
    await refused(six, 'Cannot reference more than 5 layers.');
    const insights = 'arn:aws:lambda:us-east-1:580247275435:layer:LambdaInsightsExtension:64';
    await refused(
      [insights],
      `The local endpoint has no layers of other accounts but AWS-Parameters-and-Secrets-Lambda-Extension: ${insights}`,
    );
    const extension = await publish(client, 'extension', { 'extensions/watch': '#!/bin/sh' });
    await refused(
      [extension],
      `The local endpoint does not run Lambda extensions, which these layers have in their folder extensions: ${extension}`,
    );
  });

  it('finds packages by require and import, those of the runtime and of later layers first', async (t) => {
    const files = {
      'index.mjs': `import own from 'own';
        import { createRequire } from 'node:module';
        const require = createRequire(import.meta.url);
        export const handler = async () => [
          require('both').says, (await import('both')).says, require('versioned').says, own.says,
          (await import('esm')).says, (await import('esm/deep')).says, await import('absent').catch(({ code }) => code),
        ];`,
      'node_modules/own/package.json': '{ "main": "own.js" }',
      'node_modules/own/own.js': 'exports.says = "of the function";',
    };
    const esm = {
      'nodejs/node_modules/esm/package.json':
        '{ "type": "module", "exports": { ".": { "import": "./a.js", "require": "./b.cjs" }, "./deep": "./deep.js" } }',
      'nodejs/node_modules/esm/a.js': 'export { says } from "both"; export const other = 1;',
      'nodejs/node_modules/esm/deep.js': 'export const says = "deep";',
      'nodejs/node_modules/esm/b.cjs': 'exports.says = "required";',
    };
    const answer = await runWith(
      t,
      [
        { ...packageOf('both', 'first'), ...packageOf('versioned', 'any'), ...packageOf('own', 'of a layer') },
        { ...packageOf('both', 'second'), ...packageOf('versioned', '24', 'nodejs/node24/node_modules'), ...esm },
      ],
      files,
    );
    assert.deepEqual(answer, ['second', 'second', '24', 'of the function', 'second', 'deep', 'ERR_MODULE_NOT_FOUND']);
  });

  it('reads files below /opt, and runs modules from there', async (t) => {
    const code = `const fs = require('node:fs'); const { readFile } = require('node:fs/promises');
      exports.handler = async () => [
        fs.readFileSync('/opt/data/one.txt', 'utf8'),
        await readFile('/opt/data/two.txt', 'utf8'),
        fs.readFileSync(new URL('file:///opt/data/one.txt'), 'utf8'),
        fs.readdirSync('/opt/data').sort(),
        fs.existsSync('/opt/data/absent'),
        require('/opt/nodejs/shared').says,
        (await import('/opt/nodejs/shared.js')).default.says,
        fs.readSync(fs.openSync('/opt/data/one.txt'), Buffer.alloc(10)),
        ((path) => { try { fs.writeFileSync(path, 'x'); } catch { return 'read-only'; } })('/opt/data/one.txt'),
        await new Promise((resolve) => fs.createReadStream('/opt/data/two.txt').on('data', (chunk) => resolve(String(chunk)))),
      ];`;
    const answer = await runWith(
      t,
      [
        { 'data/one.txt': 'replaced', 'data/two.txt': '2', 'nodejs/shared.js': 'exports.says = "shared";' },
        { 'data/one.txt': '1' },
      ],
      code,
    );
    assert.deepEqual(answer, ['1', '2', '1', ['one.txt', 'two.txt'], false, 'shared', 'shared', 1, 'read-only', '2']);
  });

  it('may have its handler in a layer', async (t) => {
    const { client, define, call } = await startLambda(t);
    const arn = await publish(client, 'shared', {
      'nodejs/node_modules/wrap/index.mjs': 'export const handler = async () => "wrapped";',
    });
    await define('user', echo, { Layers: [arn], Handler: '/opt/nodejs/node_modules/wrap/index.handler' });
    assert.equal((await call('user')).payload, 'wrapped');
  });

  it('starts programs of layers by path and by name', { skip: process.platform === 'win32' }, async (t) => {
    const { client, define, call } = await startLambda(t);
    const script: [Uint8Array, { os: number; attrs: number }] = [
      strToU8('#!/bin/sh\necho program\n'),
      { os: 3, attrs: 0o100755 << 16 },
    ];
    const { LayerVersionArn } = await client.send(
      new PublishLayerVersionCommand({ LayerName: 'tools', Content: { ZipFile: zipSync({ 'bin/tool': script }) } }),
    );
    const code = `const { execFileSync } = require('node:child_process');
      exports.handler = async () => [execFileSync('/opt/bin/tool').toString(), execFileSync('tool').toString()];`;
    await define('user', code, { Layers: [LayerVersionArn] });
    assert.deepEqual((await call('user')).payload, ['program\n', 'program\n']);
  });

  it('that shares its memory size with another function finds its packages in a process that waited for it', async (t) => {
    const { client, clock, define, call } = await startLambda(t);
    await define('first', echo);
    await call('first');
    await clock.advance(300);
    const arn = await publish(client, 'shared', packageOf('a', 'found'));
    await define('user', 'exports.handler = async () => require("a").says;', { Layers: [arn] });
    assert.equal((await call('user')).payload, 'found');
  });

  it('has them after a restart, and its URL, when state is kept', async (t) => {
    const directory = mkdtempSync(join(tmpdir(), 'layers-test-'));
    t.after(() => rmSync(directory, { recursive: true, force: true }));
    const state = memoryState(directory);
    const before = await startLambda(t, { state });
    const arn = await publish(before.client, 'shared', packageOf('a', 'kept'));
    await before.define('user', 'exports.handler = async () => require("a").says;', { Layers: [arn] });
    await before.client.send(new CreateFunctionUrlConfigCommand({ FunctionName: 'user', AuthType: 'AWS_IAM' }));
    await before.lambda.close();
    const after = await startLambda(t, { state });
    assert.equal((await after.call('user')).payload, 'kept');
    assert.equal(await publish(after.client, 'shared', packageOf('a', 'next')), `${layerArn}:2`);
    const { FunctionUrl, AuthType } = await after.client.send(
      new GetFunctionUrlConfigCommand({ FunctionName: 'user' }),
    );
    assert.equal(AuthType, 'AWS_IAM');
    assert(after.lambda.urls.has(/([a-z0-9]{32})\/$/.exec(FunctionUrl ?? '')?.[1] ?? ''));
  });

  it('may not be larger than 250 MB together with them', async (t) => {
    const { client } = await startLambda(t);
    const half = zipSync({ 'large.bin': new Uint8Array(135_000_000) }, { level: 1 });
    const { LayerVersionArn = '' } = await client.send(
      new PublishLayerVersionCommand({ LayerName: 'large', Content: { ZipFile: half } }),
    );
    const create = new CreateFunctionCommand({
      FunctionName: 'user',
      Role: role,
      Runtime: 'nodejs24.x',
      Handler: 'index.handler',
      Code: { ZipFile: half },
      Layers: [LayerVersionArn],
    });
    await assert.rejects(client.send(create), ({ message }) => /maximum allowed size of 262144000 bytes/.test(message));
  });
});
