import { arn } from '../core/arn.ts';
import { isJsonObject, type JsonValue } from '../core/json.ts';
import { type JsonCall, type Lookups, type Permission, textOf } from './permission.ts';

/** Actions about no key in particular. */
const general = new Set(['CreateKey', 'ListKeys', 'ListAliases', 'GenerateRandom']);

/** What a call of KMS needs. A policy names the ARN of a key; a call may give its id or an alias, or only a ciphertext. */
export function kmsPermissions({ action, input, region }: JsonCall, lookups: Lookups): Permission[] {
  const key = (reference: string): string => lookups.keyArn?.(region, reference) ?? namedKey(region, reference);
  const permission = (
    name: string,
    resource: string,
    encryptionContext?: JsonValue,
    reference?: string,
  ): Permission => ({
    action: `kms:${name}`,
    resource,
    context: kmsContext(encryptionContext, reference),
  });
  const target = textOf(input.TargetKeyId);
  const alias = textOf(input.AliasName);
  if (alias !== undefined) {
    const keys = [target, action === 'CreateAlias' ? undefined : alias].flatMap((each) => each ?? []).map(key);
    return [arn('kms', region, alias), ...new Set(keys)].map((resource) => permission(action, resource));
  }
  const ofCiphertext = lookups.keyOfCiphertext?.(region, textOf(input.CiphertextBlob) ?? '') ?? '*';
  if (action === 'ReEncrypt') {
    const source = textOf(input.SourceKeyId);
    const destination = textOf(input.DestinationKeyId) ?? '*';
    return [
      permission(
        'ReEncryptFrom',
        source === undefined ? ofCiphertext : key(source),
        input.SourceEncryptionContext,
        source,
      ),
      permission('ReEncryptTo', key(destination), input.DestinationEncryptionContext, destination),
    ];
  }
  const reference = textOf(input.KeyId);
  if (reference === undefined || general.has(action)) {
    return [permission(action, action === 'Decrypt' ? ofCiphertext : '*', input.EncryptionContext)];
  }
  return [permission(action, key(reference), input.EncryptionContext, reference)];
}

/** The condition keys of KMS. */
export function kmsContext(
  encryptionContext: JsonValue | undefined,
  reference?: string,
): Record<string, string | readonly string[]> {
  const pairs =
    encryptionContext !== undefined && isJsonObject(encryptionContext)
      ? Object.entries(encryptionContext).flatMap(([name, value]) =>
          typeof value === 'string' ? [[name, value] as const] : [],
        )
      : [];
  const alias = reference?.replace(/^arn:[^:]+:kms:[^:]*:[^:]*:/, '');
  return {
    ...(alias?.startsWith('alias/') === true && { 'kms:RequestAlias': alias }),
    ...(pairs.length > 0 && { 'kms:EncryptionContextKeys': pairs.map(([name]) => name) }),
    ...Object.fromEntries(pairs.map(([name, value]) => [`kms:EncryptionContext:${name}`, value])),
  };
}

function namedKey(region: string, reference: string): string {
  if (reference === '*' || reference.startsWith('arn:')) return reference;
  return arn('kms', region, reference.startsWith('alias/') ? reference : `key/${reference}`);
}
