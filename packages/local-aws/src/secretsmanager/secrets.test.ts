import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import {
  CreateSecretCommand,
  type CreateSecretCommandInput,
  DeleteSecretCommand,
  DescribeSecretCommand,
  GetRandomPasswordCommand,
  GetSecretValueCommand,
  type GetSecretValueCommandInput,
  ListSecretsCommand,
  ListSecretVersionIdsCommand,
  PutSecretValueCommand,
  RestoreSecretCommand,
  RotateSecretCommand,
  SecretsManagerClient,
  UpdateSecretCommand,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import * as fc from 'fast-check';
import { ShiftableClock } from '../core/shiftable-clock.ts';
import { type Endpoint, startEndpoint } from '../endpoint.ts';
import { randomPassword } from './random-password.ts';

const clock = new ShiftableClock();
let endpoint: Endpoint;
let client: SecretsManagerClient;
before(async () => {
  endpoint = await startEndpoint({ clock });
  client = new SecretsManagerClient(endpoint.clientConfig);
});
after(async () => {
  client.destroy();
  await endpoint.close();
});

const create = (Name: string, more: Partial<CreateSecretCommandInput> = {}) =>
  client.send(new CreateSecretCommand({ Name, SecretString: 'first', ...more }));
const read = (SecretId: string, more: Partial<GetSecretValueCommandInput> = {}) =>
  client.send(new GetSecretValueCommand({ SecretId, ...more }));

describe('a secret', () => {
  it('is read by name, by ARN and by version', async () => {
    const { ARN = '', VersionId } = await create('shop/database');
    assert.match(ARN, /^arn:aws:secretsmanager:us-east-1:000000000000:secret:shop\/database-[A-Za-z0-9]{6}$/);
    for (const id of ['shop/database', ARN]) {
      const { SecretString, VersionStages } = await read(id);
      assert.deepEqual([SecretString, VersionStages], ['first', ['AWSCURRENT']]);
    }
    assert.equal((await read(ARN, { VersionId })).SecretString, 'first');
    await assert.rejects(create('shop/database'), { name: 'ResourceExistsException' });
  });

  // test_secretsmanager.snapshot.json of LocalStack: test_create_and_update_secret, test_secret_tags
  it('is described with what it has, and with the day of its last read', async () => {
    await create('described', { SecretString: undefined });
    const describeIt = async () => {
      const { $metadata: _, ...shown } = await client.send(new DescribeSecretCommand({ SecretId: 'described' }));
      return shown;
    };
    assert.deepEqual(Object.keys(await describeIt()).sort(), ['ARN', 'CreatedDate', 'LastChangedDate', 'Name']);
    await client.send(new PutSecretValueCommand({ SecretId: 'described', SecretString: 'value' }));
    await read('described');
    const day = new Date(Math.floor(clock.now() / 86_400_000) * 86_400_000);
    assert.deepEqual((await describeIt()).LastAccessedDate, day);
    const { Versions: [version] = [] } = await client.send(new ListSecretVersionIdsCommand({ SecretId: 'described' }));
    assert.deepEqual([version?.LastAccessedDate, version?.KmsKeyIds], [day, ['DefaultEncryptionKey']]);
  });

  // test_update_secret_version_stages_current_pending
  it('has no pending version that was current already', async () => {
    const { VersionId: first } = await create('pending');
    const put = (SecretString: string, VersionStages?: string[]) =>
      client.send(new PutSecretValueCommand({ SecretId: 'pending', SecretString, VersionStages }));
    const { VersionId: second } = await put('second', ['AWSPENDING']);
    await client.send(
      new UpdateSecretVersionStageCommand({
        SecretId: 'pending',
        VersionStage: 'AWSCURRENT',
        RemoveFromVersionId: first,
        MoveToVersionId: second,
      }),
    );
    await put('third');
    const { Versions = [] } = await client.send(new ListSecretVersionIdsCommand({ SecretId: 'pending' }));
    assert.deepEqual(
      Versions.map(({ VersionStages }) => VersionStages),
      [['AWSPREVIOUS'], ['AWSCURRENT']],
    );
  });

  it('keeps its previous value when it gets another', async () => {
    await create('rotated');
    await client.send(new PutSecretValueCommand({ SecretId: 'rotated', SecretString: 'second' }));
    await client.send(
      new UpdateSecretCommand({ SecretId: 'rotated', SecretString: 'third', Description: 'of the shop' }),
    );
    assert.equal((await read('rotated')).SecretString, 'third');
    assert.equal((await read('rotated', { VersionStage: 'AWSPREVIOUS' })).SecretString, 'second');
    const { Description, VersionIdsToStages = {} } = await client.send(
      new DescribeSecretCommand({ SecretId: 'rotated' }),
    );
    assert.equal(Description, 'of the shop');
    assert.deepEqual(Object.values(VersionIdsToStages), [['AWSPREVIOUS'], ['AWSCURRENT']]);
  });

  it('gives AWSCURRENT to another version, which leaves AWSPREVIOUS behind', async () => {
    const { VersionId: first } = await create('staged');
    const pending = await client.send(
      new PutSecretValueCommand({ SecretId: 'staged', SecretString: 'next', VersionStages: ['AWSPENDING'] }),
    );
    assert.equal((await read('staged')).SecretString, 'first');
    const move = { SecretId: 'staged', VersionStage: 'AWSCURRENT', MoveToVersionId: pending.VersionId };
    await assert.rejects(client.send(new UpdateSecretVersionStageCommand({ ...move, MoveToVersionId: 'none' })), {
      name: 'ResourceNotFoundException',
    });
    await client.send(new UpdateSecretVersionStageCommand({ ...move, RemoveFromVersionId: first }));
    assert.equal((await read('staged')).SecretString, 'next');
    assert.equal((await read('staged', { VersionStage: 'AWSPREVIOUS' })).SecretString, 'first');
  });

  it('accepts the same request twice by its token, and no other one', async () => {
    const ClientRequestToken = 'a'.repeat(32);
    const put = (SecretString: string) =>
      client.send(new PutSecretValueCommand({ SecretId: 'rotated', SecretString, ClientRequestToken }));
    assert.equal((await put('fourth')).VersionId, (await put('fourth')).VersionId);
    await assert.rejects(put('fifth'), { name: 'ResourceExistsException' });
  });

  it('is refused in the words of AWS', async () => {
    await assert.rejects(create('a b'), {
      name: 'ValidationException',
      message: /^Invalid name\. Must be a valid name/,
    });
    // test_invalid_secret_name
    await assert.rejects(read('a b'), { name: 'ValidationException', message: /^Invalid name\. Must be a valid name/ });
    const { VersionId } = await read('staged', { VersionStage: 'AWSPREVIOUS' });
    await assert.rejects(read('staged', { VersionId, VersionStage: 'AWSCURRENT' }), {
      name: 'InvalidRequestException',
      message: 'You provided a VersionStage that is not associated to the provided VersionId.',
    });
    await assert.rejects(read('bytes-to-be'), { message: "Secrets Manager can't find the specified secret." });
  });

  it('takes bytes', async () => {
    await create('bytes', { SecretString: undefined, SecretBinary: Uint8Array.of(1, 2, 3) });
    assert.deepEqual((await read('bytes')).SecretBinary, Uint8Array.of(1, 2, 3));
  });

  it('can be restored until the time of its deletion has come', async () => {
    await create('passing');
    await client.send(new DeleteSecretCommand({ SecretId: 'passing', RecoveryWindowInDays: 7 }));
    await assert.rejects(read('passing'), { name: 'InvalidRequestException', message: /marked for deletion/ });
    await assert.rejects(create('passing'), { name: 'InvalidRequestException', message: /scheduled for deletion/ });
    await client.send(new RestoreSecretCommand({ SecretId: 'passing' }));
    assert.equal((await read('passing')).SecretString, 'first');
    await client.send(new DeleteSecretCommand({ SecretId: 'passing', RecoveryWindowInDays: 7 }));
    await clock.advance(7 * 24 * 60 * 60 * 1000);
    await assert.rejects(read('passing'), { name: 'ResourceNotFoundException' });
    await create('passing');
    await client.send(new DeleteSecretCommand({ SecretId: 'passing', ForceDeleteWithoutRecovery: true }));
    await assert.rejects(read('passing'), { name: 'ResourceNotFoundException' });
  });

  it('is listed, unless it is marked for deletion', async () => {
    const { SecretList = [] } = await client.send(
      new ListSecretsCommand({ Filters: [{ Key: 'name', Values: ['ro'] }] }),
    );
    assert.deepEqual(
      SecretList.map(({ Name }) => Name),
      ['rotated'],
    );
  });

  it('is not rotated: that is refused by name', async () => {
    await assert.rejects(client.send(new RotateSecretCommand({ SecretId: 'rotated' })), /secretsmanager:RotateSecret/);
  });
});

describe('a random password', () => {
  it('has the length that is asked for', async () => {
    const { RandomPassword } = await client.send(new GetRandomPasswordCommand({ PasswordLength: 40 }));
    assert.equal(RandomPassword?.length, 40);
  });

  it('has each type of character that is not excluded, and no other', () => {
    const types = { Lowercase: /[a-z]/, Uppercase: /[A-Z]/, Numbers: /\d/, Punctuation: /[^a-zA-Z\d\s]/ };
    const excluded = fc.record({
      ExcludeLowercase: fc.boolean(),
      ExcludeUppercase: fc.boolean(),
      ExcludeNumbers: fc.boolean(),
      ExcludePunctuation: fc.boolean(),
    });
    void fc.assert(
      fc.property(excluded, fc.integer({ min: 4, max: 64 }), (options, PasswordLength) => {
        fc.pre(Object.values(options).some((isExcluded) => !isExcluded));
        const password = randomPassword({ ...options, PasswordLength, ExcludeCharacters: 'aZ5"' });
        assert.equal(password.length, PasswordLength);
        assert.doesNotMatch(password, /[aZ5"]/);
        for (const [name, pattern] of Object.entries(types)) {
          const isExcluded = Object.entries(options).some(([option, value]) => option === `Exclude${name}` && value);
          assert.equal(pattern.test(password), !isExcluded);
        }
      }),
    );
  });
});
