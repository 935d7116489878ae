import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KMS } from '@aws-sdk/client-kms';
import { startEndpoint } from '../endpoint.ts';

// What AWS answered when LocalStack recorded it: tests/aws/services/kms/test_kms.snapshot.json of its repository. The names
// of its tests stand at the expectations.
test('KMS answers as it was recorded on AWS', async (t) => {
  await using endpoint = await startEndpoint();
  const kms = new KMS({ ...endpoint.clientConfig, maxAttempts: 1 });
  const elsewhere = new KMS({ ...endpoint.clientConfig, region: 'eu-central-1', maxAttempts: 1 });
  const { KeyMetadata } = await kms.createKey({ Description: 'test key 123' });
  const { KeyId = '', Arn = '' } = KeyMetadata ?? {};
  const absent = '134f2428-cec1-4b25-a1ae-9048164dba47';
  const absentArn = `arn:aws:kms:us-east-1:000000000000:key/${absent}`;
  const mrk = `mrk-${absent.replaceAll('-', '')}`;
  const Plaintext = Buffer.from('some important message');
  const { CiphertextBlob } = await kms.encrypt({ KeyId, Plaintext, EncryptionContext: { a: '1' } });
  const other = (await kms.createKey()).KeyMetadata?.KeyId;
  const tag = (TagKey: string, TagValue = 'v') => ({ TagKey, TagValue });
  const long = (length: number) => 'v'.repeat(length);
  const constraint = (value: string, member: string, limit: number) =>
    `1 validation error detected: Value '${value}' at '${member}' failed to satisfy constraint: Member must have length less than or equal to ${limit}`;
  const bytes = (NumberOfBytes: number | undefined) => () => kms.generateRandom({ NumberOfBytes });
  const outOfRange = (value: number, bound: string) =>
    `1 validation error detected: Value '${value}' at 'numberOfBytes' failed to satisfy constraint: Member must have value ${bound}`;

  await t.test('test_create_key, test_describe_with_alias_arn', async () => {
    await kms.createAlias({ AliasName: 'alias/recorded', TargetKeyId: KeyId });
    const { KeyMetadata: described } = await kms.describeKey({
      KeyId: 'arn:aws:kms:us-east-1:000000000000:alias/recorded',
    });
    assert.deepEqual(described, KeyMetadata);
    const { CreationDate, CurrentKeyMaterialId, ...rest } = KeyMetadata ?? {};
    assert.ok(CreationDate instanceof Date && CurrentKeyMaterialId !== undefined);
    assert.deepEqual(rest, {
      AWSAccountId: '000000000000',
      Arn,
      CustomerMasterKeySpec: 'SYMMETRIC_DEFAULT',
      Description: 'test key 123',
      Enabled: true,
      EncryptionAlgorithms: ['SYMMETRIC_DEFAULT'],
      KeyId,
      KeyManager: 'CUSTOMER',
      KeySpec: 'SYMMETRIC_DEFAULT',
      KeyState: 'Enabled',
      KeyUsage: 'ENCRYPT_DECRYPT',
      MultiRegion: false,
      Origin: 'AWS_KMS',
    });
  });

  await t.test('test_tag_existing_key_and_untag, test_update_and_add_tags_on_tagged_key', async () => {
    await kms.tagResource({ KeyId, Tags: [tag('tag1', 'value1'), tag('tag2', 'value2')] });
    assert.deepEqual((await kms.listResourceTags({ KeyId })).Tags, [tag('tag1', 'value1'), tag('tag2', 'value2')]);
    await kms.tagResource({ KeyId, Tags: [tag('tag2', 'other')] });
    await kms.untagResource({ KeyId, TagKeys: ['tag1'] });
    assert.deepEqual((await kms.listResourceTags({ KeyId })).Tags, [tag('tag2', 'other')]);
  });

  await t.test('test_key_enable_rotation_status', async () => {
    await kms.enableKeyRotation({ KeyId, RotationPeriodInDays: 180 });
    const { $metadata: _, NextRotationDate, ...status } = await kms.getKeyRotationStatus({ KeyId });
    assert.ok(NextRotationDate instanceof Date);
    assert.deepEqual(status, { KeyId, KeyRotationEnabled: true, RotationPeriodInDays: 180 });
  });

  await t.test('test_re_encrypt, test_encrypt_decrypt_encryption_context', async () => {
    const {
      $metadata: _,
      CiphertextBlob: again,
      ...answer
    } = await kms.reEncrypt({
      CiphertextBlob,
      SourceEncryptionContext: { a: '1' },
      DestinationKeyId: other,
    });
    assert.ok(again !== undefined && !Buffer.from(again).equals(Buffer.from(CiphertextBlob ?? [])));
    assert.deepEqual(answer, {
      DestinationEncryptionAlgorithm: 'SYMMETRIC_DEFAULT',
      KeyId: `arn:aws:kms:us-east-1:000000000000:key/${other}`,
      SourceEncryptionAlgorithm: 'SYMMETRIC_DEFAULT',
      SourceKeyId: Arn,
    });
    const opened = await kms.decrypt({ CiphertextBlob, EncryptionContext: { a: '1' } });
    assert.deepEqual(
      Object.keys(opened)
        .filter((name) => name !== '$metadata')
        .sort(),
      ['EncryptionAlgorithm', 'KeyId', 'KeyMaterialId', 'Plaintext'],
    );
  });

  const refusals: readonly (readonly [source: string, call: () => Promise<unknown>, name: string, message: string])[] =
    [
      [
        'test_create_alias',
        () => kms.createAlias({ AliasName: 'shop', TargetKeyId: KeyId }),
        'ValidationException',
        'Alias must start with the prefix "alias/". Please see https://docs.aws.amazon.com/kms/latest/developerguide/kms-alias.html',
      ],
      [
        'test_get_key_does_not_exist',
        () => kms.describeKey({ KeyId: absent }),
        'NotFoundException',
        `Key '${absentArn}' does not exist`,
      ],
      [
        'test_get_key_does_not_exist',
        () => kms.describeKey({ KeyId: absentArn }),
        'NotFoundException',
        `Key '${absentArn}' does not exist`,
      ],
      [
        'test_get_key_does_not_exist',
        () => kms.describeKey({ KeyId: mrk }),
        'NotFoundException',
        `Key 'arn:aws:kms:us-east-1:000000000000:key/${mrk}' does not exist`,
      ],
      ...['fake-key-id', absent.replaceAll('-', ''), 'mrk-fake-key-id'].map(
        (id) =>
          [
            'test_get_key_invalid_uuid',
            () => kms.describeKey({ KeyId: id }),
            'NotFoundException',
            `Invalid keyId '${id}'`,
          ] as const,
      ),
      [
        'test_get_key_in_different_region',
        () => elsewhere.describeKey({ KeyId }),
        'NotFoundException',
        `Key 'arn:aws:kms:eu-central-1:000000000000:key/${KeyId}' does not exist`,
      ],
      [
        'test_get_key_in_different_region',
        () => elsewhere.describeKey({ KeyId: Arn }),
        'NotFoundException',
        'Invalid arn us-east-1',
      ],
      [
        'test_hmac_create_key_invalid_operations',
        () => kms.createKey({ KeySpec: 'HMAC_256' }),
        'ValidationException',
        'You must specify a KeyUsage value for all KMS keys except for symmetric encryption keys.',
      ],
      [
        'test_plaintext_size_for_encrypt',
        () => kms.encrypt({ KeyId, Plaintext: Buffer.alloc(4097, 'x') }),
        'ValidationException',
        "1 validation error detected: Value at 'plaintext' failed to satisfy constraint: Member must have length less than or equal to 4096",
      ],
      [
        'test_generate_random_invalid_number_of_bytes',
        bytes(undefined),
        'ValidationException',
        'NumberOfBytes is required.',
      ],
      [
        'test_generate_random_invalid_number_of_bytes',
        bytes(0),
        'ValidationException',
        outOfRange(0, 'greater than or equal to 1'),
      ],
      [
        'test_generate_random_invalid_number_of_bytes',
        bytes(1025),
        'ValidationException',
        outOfRange(1025, 'less than or equal to 1024'),
      ],
      [
        'test_encrypt_decrypt_encryption_context',
        () => kms.decrypt({ CiphertextBlob }),
        'InvalidCiphertextException',
        'UnknownError',
      ],
      [
        'test_encrypt_decrypt_encryption_context',
        () => kms.decrypt({ CiphertextBlob: Buffer.from('bad') }),
        'InvalidCiphertextException',
        'UnknownError',
      ],
      [
        'test_re_encrypt_incorrect_source_key',
        () =>
          kms.reEncrypt({
            CiphertextBlob,
            SourceKeyId: other,
            SourceEncryptionContext: { a: '1' },
            DestinationKeyId: KeyId,
          }),
        'IncorrectKeyException',
        'The key ID in the request does not identify a CMK that can perform this operation.',
      ],
      [
        'test_tag_key_with_duplicate_tag_keys_raises_error',
        () => kms.tagResource({ KeyId, Tags: [tag('a'), tag('a')] }),
        'TagException',
        'Duplicate tag keys',
      ],
      [
        'test_create_key_with_too_many_tags_raises_error',
        () => kms.createKey({ Tags: Array.from({ length: 51 }, (_, index) => tag(`t${index}`)) }),
        'TagException',
        'Too many tags',
      ],
      ...['aws:key1', 'AWS:key1'].map(
        (name) =>
          [
            'test_create_key_with_invalid_tag_key',
            () => kms.createKey({ Tags: [tag(name)] }),
            'TagException',
            'Tags beginning with aws: are reserved',
          ] as const,
      ),
      [
        'test_create_key_with_invalid_tag_key',
        () => kms.createKey({ Tags: [tag(long(129))] }),
        'ValidationException',
        constraint(long(129), 'tags.1.member.tagKey', 128),
      ],
      [
        'test_key_with_long_tag_value_raises_error',
        () => kms.createKey({ Tags: [tag('tag1', long(257))] }),
        'ValidationException',
        constraint(long(257), 'tags.1.member.tagValue', 256),
      ],
      [
        'test_generate_data_key_pair_dry_run',
        () => kms.generateDataKey({ KeyId, KeySpec: 'AES_256', DryRun: true }),
        'DryRunOperationException',
        'The request would have succeeded, but the DryRun option is set.',
      ],
    ];
  for (const [source, call, name, message] of refusals) {
    await t.test(`${source}: ${name}`, () => assert.rejects(call(), { name, message }));
  }
  kms.destroy();
  elsewhere.destroy();
});
