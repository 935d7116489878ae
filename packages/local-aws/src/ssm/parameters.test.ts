import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import {
  AddTagsToResourceCommand,
  DeleteParameterCommand,
  DeleteParametersCommand,
  DescribeParametersCommand,
  GetParameterCommand,
  GetParameterHistoryCommand,
  GetParametersByPathCommand,
  GetParametersCommand,
  LabelParameterVersionCommand,
  ListTagsForResourceCommand,
  PutParameterCommand,
  type PutParameterCommandInput,
  paginateGetParametersByPath,
  SSMClient,
} from '@aws-sdk/client-ssm';
import { type Endpoint, startEndpoint } from '../endpoint.ts';

let endpoint: Endpoint;
let client: SSMClient;
before(async () => {
  endpoint = await startEndpoint();
  client = new SSMClient(endpoint.clientConfig);
});
after(async () => {
  client.destroy();
  await endpoint.close();
});

const put = (Name: string, Value: string, more: Partial<PutParameterCommandInput> = {}) =>
  client.send(new PutParameterCommand({ Name, Value, Type: 'String', ...more }));
const get = async (Name: string, WithDecryption = false) =>
  (await client.send(new GetParameterCommand({ Name, WithDecryption }))).Parameter;

describe('a parameter', () => {
  it('is read with its version, ARN and type', async () => {
    assert.equal((await put('/shop/dev/url', 'https://example.com')).Version, 1);
    const { LastModifiedDate, ...found } = (await get('/shop/dev/url')) ?? {};
    assert.deepEqual(found, {
      Name: '/shop/dev/url',
      Type: 'String',
      Value: 'https://example.com',
      Version: 1,
      ARN: 'arn:aws:ssm:us-east-1:000000000000:parameter/shop/dev/url',
      DataType: 'text',
    });
    assert.ok(LastModifiedDate instanceof Date);
    assert.equal((await get(found.ARN ?? ''))?.Value, 'https://example.com');
  });

  it('is overwritten only when asked, and older versions and labels can be read', async () => {
    await put('level', 'info');
    await assert.rejects(put('level', 'debug'), { name: 'ParameterAlreadyExists' });
    assert.equal((await put('level', 'debug', { Overwrite: true })).Version, 2);
    await client.send(new LabelParameterVersionCommand({ Name: 'level', ParameterVersion: 1, Labels: ['before'] }));
    assert.equal((await get('level'))?.Value, 'debug');
    assert.deepEqual([(await get('level:1'))?.Value, (await get('level:1'))?.Selector], ['info', ':1']);
    assert.equal((await get('level:before'))?.Value, 'info');
    await assert.rejects(get('level:7'), { name: 'ParameterVersionNotFound' });
    const { Parameters } = await client.send(new GetParameterHistoryCommand({ Name: 'level' }));
    assert.deepEqual(
      Parameters?.map(({ Version, Value, Labels }) => [Version, Value, Labels]),
      [
        [1, 'info', ['before']],
        [2, 'debug', []],
      ],
    );
  });

  it('of type SecureString is shown only with decryption', async () => {
    await put('password', 'open sesame', { Type: 'SecureString' });
    assert.equal((await get('password', true))?.Value, 'open sesame');
    assert.doesNotMatch((await get('password'))?.Value ?? '', /sesame/);
  });

  it('is missing after its deletion', async () => {
    await put('passing', 'x');
    await client.send(new DeleteParameterCommand({ Name: 'passing' }));
    await assert.rejects(get('passing'), { name: 'ParameterNotFound' });
    await assert.rejects(client.send(new DeleteParameterCommand({ Name: 'passing' })), { name: 'ParameterNotFound' });
    const several = await client.send(new DeleteParametersCommand({ Names: ['passing'] }));
    assert.deepEqual(several.InvalidParameters, ['passing']);
  });

  it('has tags', async () => {
    await put('tagged', 'x', { Tags: [{ Key: 'a', Value: '1' }] });
    const of = { ResourceType: 'Parameter', ResourceId: 'tagged' } as const;
    await client.send(new AddTagsToResourceCommand({ ...of, Tags: [{ Key: 'b', Value: '2' }] }));
    const { TagList } = await client.send(new ListTagsForResourceCommand(of));
    assert.deepEqual(TagList, [
      { Key: 'a', Value: '1' },
      { Key: 'b', Value: '2' },
    ]);
  });

  for (const [what, input, name] of [
    ['a name that begins with aws', { Name: '/aws/x', Value: 'x' }, 'AccessDeniedException'],
    ['a name that begins with ssm', { Name: 'ssm-x', Value: 'x' }, 'ValidationException'],
    ['a path without a slash in front', { Name: 'a/b', Value: 'x' }, 'ValidationException'],
    ['sixteen levels', { Name: '/a'.repeat(16), Value: 'x' }, 'HierarchyLevelLimitExceededException'],
    ['more than 4,096 characters', { Name: 'long', Value: 'x'.repeat(4097) }, 'ValidationException'],
    [
      'a value that breaks its pattern',
      { Name: 'p', Value: 'x', AllowedPattern: '^\\d+$' },
      'ParameterPatternMismatchException',
    ],
    [
      'tags for a value that is overwritten',
      { Name: 'level', Value: 'x', Overwrite: true, Tags: [{ Key: 'a', Value: 'b' }] },
      'ValidationException',
    ],
  ] as const) {
    it(`is refused with ${what}`, async () => {
      const { Name, Value, ...more } = input;
      await assert.rejects(put(Name, Value, more as Partial<PutParameterCommandInput>), { name });
    });
  }
});

describe('several parameters', () => {
  it('are read by name, and those that are missing are named', async () => {
    await put('/many/a', '1');
    await put('/many/b', '2');
    const { Parameters, InvalidParameters } = await client.send(
      new GetParametersCommand({ Names: ['/many/a', '/many/none', '/many/b'] }),
    );
    assert.deepEqual(
      Parameters?.map(({ Value }) => Value),
      ['1', '2'],
    );
    assert.deepEqual(InvalidParameters, ['/many/none']);
  });

  it('are read by path, one level or all, page by page', async () => {
    for (const name of ['/tree/a', '/tree/b', '/tree/deep/c', '/treetop/d']) await put(name, name);
    const under = async (Recursive: boolean) => {
      const names: (string | undefined)[] = [];
      const pages = paginateGetParametersByPath({ client, pageSize: 1 }, { Path: '/tree', Recursive });
      for await (const { Parameters = [] } of pages) names.push(...Parameters.map(({ Name }) => Name));
      return names;
    };
    assert.deepEqual(await under(false), ['/tree/a', '/tree/b']);
    assert.deepEqual(await under(true), ['/tree/a', '/tree/b', '/tree/deep/c']);
    await assert.rejects(client.send(new GetParametersByPathCommand({ Path: 'tree' })), {
      name: 'ValidationException',
    });
  });

  it('are described by filters, without their values', async () => {
    const { Parameters = [] } = await client.send(
      new DescribeParametersCommand({ ParameterFilters: [{ Key: 'Name', Option: 'BeginsWith', Values: ['/tree/'] }] }),
    );
    assert.deepEqual(
      Parameters.map(({ Name }) => Name),
      ['/tree/a', '/tree/b', '/tree/deep/c'],
    );
    assert.ok(Parameters.every((parameter) => !('Value' in parameter)));
    const unknown = new DescribeParametersCommand({ ParameterFilters: [{ Key: 'Colour', Values: ['red'] }] });
    await assert.rejects(client.send(unknown), /does not know the filter key Colour/);
  });

  it('of another region are apart', async () => {
    const other = new SSMClient({ ...endpoint.clientConfig, region: 'eu-central-1' });
    await assert.rejects(other.send(new GetParameterCommand({ Name: '/many/a' })), { name: 'ParameterNotFound' });
    other.destroy();
  });
});
