import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import {
  CancelKeyDeletionCommand,
  CreateAliasCommand,
  CreateKeyCommand,
  DecryptCommand,
  DeleteAliasCommand,
  DescribeKeyCommand,
  DisableKeyCommand,
  EnableKeyCommand,
  EnableKeyRotationCommand,
  EncryptCommand,
  GenerateDataKeyCommand,
  GenerateDataKeyWithoutPlaintextCommand,
  GetKeyPolicyCommand,
  GetKeyRotationStatusCommand,
  KMSClient,
  ListAliasesCommand,
  ListKeysCommand,
  PutKeyPolicyCommand,
  ReEncryptCommand,
  ScheduleKeyDeletionCommand,
  SignCommand,
  UpdateAliasCommand,
} from '@aws-sdk/client-kms';
import fc from 'fast-check';
import { ShiftableClock } from '../core/shiftable-clock.ts';
import { type Endpoint, startEndpoint } from '../endpoint.ts';
import { keyIdIn, open, seal } from './ciphertext.ts';
import { keySchema, newKeyId, newMaterial } from './key.ts';

const day = 24 * 60 * 60 * 1000;
const clock = new ShiftableClock();
let endpoint: Endpoint;
let kms: KMSClient;
before(async () => {
  endpoint = await startEndpoint({ clock });
  kms = new KMSClient(endpoint.clientConfig);
});
after(async () => {
  kms.destroy();
  await endpoint.close();
});

async function newKey(Description = 'of a test'): Promise<string> {
  const { KeyMetadata } = await kms.send(new CreateKeyCommand({ Description }));
  return KeyMetadata?.KeyId ?? '';
}
const bytes = (text: string) => Buffer.from(text);
const text = (blob: Uint8Array | undefined) => Buffer.from(blob ?? []).toString();
const encrypt = async (KeyId: string, EncryptionContext: Record<string, string> = {}) =>
  (await kms.send(new EncryptCommand({ KeyId, Plaintext: bytes('secret'), EncryptionContext }))).CiphertextBlob;

describe('a key', () => {
  it('encrypts by its id, its ARN, an alias and the ARN of an alias', async () => {
    const id = await newKey();
    await kms.send(new CreateAliasCommand({ AliasName: 'alias/shop', TargetKeyId: id }));
    const arn = `arn:aws:kms:us-east-1:000000000000:key/${id}`;
    for (const reference of [id, arn, 'alias/shop', 'arn:aws:kms:us-east-1:000000000000:alias/shop']) {
      const { KeyId, Plaintext } = await kms.send(new DecryptCommand({ CiphertextBlob: await encrypt(reference) }));
      assert.deepEqual([KeyId, text(Plaintext)], [arn, 'secret']);
    }
  });

  it('decrypts under the same encryption context only', async () => {
    const CiphertextBlob = await encrypt(await newKey(), { tenant: 'a', purpose: 'test' });
    const decrypt = (EncryptionContext: Record<string, string>) =>
      kms.send(new DecryptCommand({ CiphertextBlob, EncryptionContext }));
    assert.equal(text((await decrypt({ purpose: 'test', tenant: 'a' })).Plaintext), 'secret');
    for (const other of [{}, { tenant: 'b', purpose: 'test' }, { tenant: 'a' }]) {
      await assert.rejects(decrypt(other), { name: 'InvalidCiphertextException' });
    }
  });

  it('gives data keys that it decrypts again', async () => {
    const KeyId = await newKey();
    const { Plaintext, CiphertextBlob } = await kms.send(new GenerateDataKeyCommand({ KeyId, KeySpec: 'AES_256' }));
    assert.equal(Plaintext?.length, 32);
    assert.deepEqual((await kms.send(new DecryptCommand({ CiphertextBlob }))).Plaintext, Plaintext);
    const hidden = await kms.send(new GenerateDataKeyWithoutPlaintextCommand({ KeyId, NumberOfBytes: 64 }));
    assert.ok(!('Plaintext' in hidden));
    const opened = await kms.send(new DecryptCommand({ CiphertextBlob: hidden.CiphertextBlob }));
    assert.equal(opened.Plaintext?.length, 64);
    await assert.rejects(kms.send(new GenerateDataKeyCommand({ KeyId })), { name: 'ValidationException' });
  });

  it('takes over what another key encrypted', async () => {
    const [from, to] = [await newKey(), await newKey()];
    const { CiphertextBlob, SourceKeyId } = await kms.send(
      new ReEncryptCommand({
        CiphertextBlob: await encrypt(from, { a: '1' }),
        SourceEncryptionContext: { a: '1' },
        DestinationKeyId: to,
      }),
    );
    assert.match(SourceKeyId ?? '', new RegExp(`${from}$`));
    assert.equal(text((await kms.send(new DecryptCommand({ CiphertextBlob, KeyId: to }))).Plaintext), 'secret');
    await assert.rejects(kms.send(new DecryptCommand({ CiphertextBlob, KeyId: from })), {
      name: 'IncorrectKeyException',
    });
  });

  it('does nothing while it is disabled', async () => {
    const KeyId = await newKey();
    const CiphertextBlob = await encrypt(KeyId);
    await kms.send(new DisableKeyCommand({ KeyId }));
    await assert.rejects(encrypt(KeyId), { name: 'DisabledException', message: /key\/[\w-]+ is disabled\.$/ });
    await assert.rejects(kms.send(new DecryptCommand({ CiphertextBlob })), { name: 'DisabledException' });
    await kms.send(new EnableKeyCommand({ KeyId }));
    assert.equal(text((await kms.send(new DecryptCommand({ CiphertextBlob }))).Plaintext), 'secret');
  });

  it('is deleted with its aliases when its window is over, unless that is cancelled', async () => {
    const [KeyId, kept] = [await newKey(), await newKey()];
    await kms.send(new CreateAliasCommand({ AliasName: 'alias/doomed', TargetKeyId: KeyId }));
    for (const each of [KeyId, kept]) {
      const { KeyState } = await kms.send(new ScheduleKeyDeletionCommand({ KeyId: each, PendingWindowInDays: 7 }));
      assert.equal(KeyState, 'PendingDeletion');
    }
    await assert.rejects(encrypt(KeyId), { name: 'KMSInvalidStateException', message: /is pending deletion\.$/ });
    await kms.send(new CancelKeyDeletionCommand({ KeyId: kept }));
    await clock.advance(7 * day);
    await assert.rejects(kms.send(new DescribeKeyCommand({ KeyId })), { name: 'NotFoundException' });
    await assert.rejects(kms.send(new DescribeKeyCommand({ KeyId: 'alias/doomed' })), { name: 'NotFoundException' });
    const { KeyMetadata } = await kms.send(new DescribeKeyCommand({ KeyId: kept }));
    assert.equal(KeyMetadata?.KeyState, 'Disabled');
  });

  it('gets new material when it rotates, and decrypts with the old one', async () => {
    const KeyId = await newKey();
    const before = await encrypt(KeyId);
    const material = async () =>
      (await kms.send(new DescribeKeyCommand({ KeyId }))).KeyMetadata?.CurrentKeyMaterialId ?? '';
    const first = await material();
    await kms.send(new EnableKeyRotationCommand({ KeyId, RotationPeriodInDays: 90 }));
    const { KeyRotationEnabled, RotationPeriodInDays } = await kms.send(new GetKeyRotationStatusCommand({ KeyId }));
    assert.deepEqual([KeyRotationEnabled, RotationPeriodInDays], [true, 90]);
    await clock.advance(91 * day);
    assert.notEqual(await material(), first);
    const opened = await kms.send(new DecryptCommand({ CiphertextBlob: before }));
    assert.deepEqual([text(opened.Plaintext), opened.KeyMaterialId], ['secret', first]);
  });

  it('keeps the policy that it is given, unless no principal could change that again', async () => {
    const KeyId = await newKey();
    const { Policy = '' } = await kms.send(new GetKeyPolicyCommand({ KeyId }));
    assert.equal(JSON.parse(Policy).Statement[0].Principal.AWS, 'arn:aws:iam::000000000000:root');
    const other = Policy.replace('Enable IAM User Permissions', 'Account');
    await kms.send(new PutKeyPolicyCommand({ KeyId, Policy: other }));
    assert.equal((await kms.send(new GetKeyPolicyCommand({ KeyId }))).Policy, other);
    const closed = Policy.replace('"kms:*"', '"kms:Encrypt"');
    await assert.rejects(kms.send(new PutKeyPolicyCommand({ KeyId, Policy: closed })), {
      name: 'MalformedPolicyDocumentException',
      message: 'The new key policy will not allow you to update the key policy in the future.',
    });
  });

  it('is of the one kind that the endpoint has', async () => {
    for (const [kind, message] of [
      [{ KeySpec: 'RSA_2048', KeyUsage: 'SIGN_VERIFY' }, /KeySpec RSA_2048/],
      [{ KeySpec: 'HMAC_256', KeyUsage: 'GENERATE_VERIFY_MAC' }, /KeySpec HMAC_256/],
      [{ MultiRegion: true }, /MultiRegion/],
      [{ Origin: 'EXTERNAL' }, /Origin EXTERNAL/],
    ] as const) {
      await assert.rejects(kms.send(new CreateKeyCommand(kind)), { name: 'UnsupportedOperationException', message });
    }
    const sign = { KeyId: await newKey(), Message: bytes('x'), SigningAlgorithm: 'RSASSA_PSS_SHA_256' } as const;
    await assert.rejects(kms.send(new SignCommand(sign)), { message: /does not implement kms:Sign/ });
  });
});

describe('an alias', () => {
  it('leads to one key after another', async () => {
    const [first, second] = [await newKey(), await newKey()];
    await kms.send(new CreateAliasCommand({ AliasName: 'alias/moving', TargetKeyId: first }));
    await assert.rejects(kms.send(new CreateAliasCommand({ AliasName: 'alias/moving', TargetKeyId: first })), {
      name: 'AlreadyExistsException',
    });
    await kms.send(new UpdateAliasCommand({ AliasName: 'alias/moving', TargetKeyId: second }));
    const { KeyMetadata } = await kms.send(new DescribeKeyCommand({ KeyId: 'alias/moving' }));
    assert.equal(KeyMetadata?.KeyId, second);
    const { Aliases } = await kms.send(new ListAliasesCommand({ KeyId: second }));
    assert.deepEqual(
      Aliases?.map(({ AliasName }) => AliasName),
      ['alias/moving'],
    );
    await kms.send(new DeleteAliasCommand({ AliasName: 'alias/moving' }));
    await assert.rejects(kms.send(new DeleteAliasCommand({ AliasName: 'alias/moving' })), {
      name: 'NotFoundException',
      message: 'Alias arn:aws:kms:us-east-1:000000000000:alias/moving is not found.',
    });
  });

  it('of an AWS service leads to a key that only the service may use', async () => {
    const { KeyMetadata } = await kms.send(new DescribeKeyCommand({ KeyId: 'alias/aws/dynamodb' }));
    assert.deepEqual(
      [KeyMetadata?.KeyManager, KeyMetadata?.Description],
      ['AWS', 'Default key that protects my DynamoDB data when no other key is defined'],
    );
    const message = /because no resource-based policy allows the kms:\w+ action$/;
    const denied = { name: 'AccessDeniedException', message };
    const managed = KeyMetadata?.KeyId;
    await assert.rejects(kms.send(new EncryptCommand({ KeyId: managed, Plaintext: bytes('x') })), denied);
    await assert.rejects(kms.send(new ScheduleKeyDeletionCommand({ KeyId: managed })), denied);
    await assert.rejects(
      kms.send(new CreateAliasCommand({ AliasName: 'alias/aws/own', TargetKeyId: await newKey() })),
      { name: 'NotAuthorizedException' },
    );
  });
});

it('lists of keys and aliases have pages', async () => {
  const id = await newKey();
  const found: (string | undefined)[] = [];
  let Marker: string | undefined;
  do {
    const page: Awaited<ReturnType<typeof list>> = await list(Marker);
    found.push(...(page.Keys ?? []).map(({ KeyId }) => KeyId));
    Marker = page.NextMarker;
  } while (Marker !== undefined);
  assert.equal(new Set(found).size, found.length);
  assert.ok(found.includes(id));
  function list(marker: string | undefined) {
    return kms.send(new ListKeysCommand({ Limit: 2, Marker: marker }));
  }
});

it('keys, aliases and what they encrypted survive a restart', async (t) => {
  const persist = await mkdtemp(join(tmpdir(), 'kms-'));
  t.after(() => rm(persist, { recursive: true }));
  const first = await startEndpoint({ persist });
  const client = new KMSClient(first.clientConfig);
  const { KeyMetadata } = await client.send(new CreateKeyCommand({}));
  await client.send(new CreateAliasCommand({ AliasName: 'alias/kept', TargetKeyId: KeyMetadata?.KeyId }));
  const { CiphertextBlob } = await client.send(new EncryptCommand({ KeyId: 'alias/kept', Plaintext: bytes('secret') }));
  client.destroy();
  await first.close();
  await using second = await startEndpoint({ persist });
  const again = new KMSClient(second.clientConfig);
  assert.equal(
    text((await again.send(new DecryptCommand({ CiphertextBlob, KeyId: 'alias/kept' }))).Plaintext),
    'secret',
  );
  again.destroy();
});

it('a ciphertext opens with its key and context, and with no byte changed', () => {
  const key = keySchema.parse({
    ...{ id: newKeyId(), region: 'us-east-1', createdAt: 0, description: '', policy: '{}', tags: {} },
    ...{ isEnabled: true, materials: [newMaterial()] },
  });
  const contexts = fc.dictionary(fc.string(), fc.string());
  const holds = fc.property(fc.uint8Array({ maxLength: 200 }), contexts, fc.nat(), (plaintext, context, at): void => {
    const sealed = seal(key, Buffer.from(plaintext), context);
    assert.equal(keyIdIn(sealed), key.id);
    assert.deepEqual(open(key, sealed, context).plaintext, Buffer.from(plaintext));
    const changed = Buffer.from(sealed);
    const index = at % changed.length;
    changed[index] = (changed[index] ?? 0) ^ 1;
    assert.throws(() => open(key, changed, context), { code: 'InvalidCiphertextException' });
    assert.throws(() => open(key, sealed, { ...context, more: 'x' }), { code: 'InvalidCiphertextException' });
  });
  fc.assert(holds);
});
