import * as z from 'zod';
import type { JsonObject } from '../core/json.ts';
import type { JsonAction } from '../core/json-protocol.ts';
import { readInput } from '../core/read-input.ts';
import type { Alias } from './key.ts';
import type { KeyStore } from './key-store.ts';
import { validation } from './kms-error.ts';
import { pageOf, paging } from './page.ts';

const name = z.string().min(1).max(256);
const named = z.strictObject({ AliasName: name });
const pointed = z.strictObject({ AliasName: name, TargetKeyId: z.string().min(1).max(2048) });
const listed = z.strictObject({ KeyId: z.string().min(1).max(2048).optional(), ...paging(50) });

export function aliasActions(store: KeyStore): Readonly<Record<string, JsonAction>> {
  const { aliases } = store;
  return {
    CreateAlias(input) {
      const { AliasName, TargetKeyId } = readInput(input, pointed);
      aliases.create(AliasName, targetOf(store, TargetKeyId));
      return {};
    },
    UpdateAlias(input) {
      const { AliasName, TargetKeyId } = readInput(input, pointed);
      aliases.update(AliasName, targetOf(store, TargetKeyId));
      return {};
    },
    DeleteAlias(input) {
      aliases.delete(readInput(input, named).AliasName);
      return {};
    },
    ListAliases(input) {
      const { KeyId, ...page } = readInput(input, listed);
      const keyId = KeyId === undefined ? undefined : store.find(KeyId).id;
      const entries = (after: string | undefined) =>
        [...aliases.entries(after)].filter((alias) => keyId === undefined || alias.keyId === keyId);
      const { items, ...rest } = pageOf(entries, page, (alias) => alias.name);
      return { Aliases: items.map((alias) => view(alias, aliases.arnOf(alias.name))), ...rest };
    },
  };
}

/** An alias leads to a key, not to another alias. @throws AwsError */
export function targetOf(store: KeyStore, reference: string): string {
  if (/(^|:)alias\//.test(reference)) throw validation('Aliases must refer to keys. Not aliases');
  return store.notPendingDeletion(reference).id;
}

function view(
  { name: AliasName, keyId, createdAt, changedAt }: Pick<Alias, 'name'> & Partial<Alias>,
  arn: string,
): JsonObject {
  return {
    AliasName,
    AliasArn: arn,
    ...(keyId !== undefined && { TargetKeyId: keyId }),
    ...(createdAt !== undefined && { CreationDate: createdAt / 1000 }),
    ...(changedAt !== undefined && { LastUpdatedDate: changedAt / 1000 }),
  };
}
