import { AwsError } from '../core/aws-error.ts';
import type { Clock } from '../core/clock.ts';
import { NameIndex } from '../core/name-index.ts';
import type { Collection, StateStore } from '../core/state-store.ts';
import { type Alias, aliasArn, aliasSchema, managingServices } from './key.ts';
import { aliasNotFound, validation } from './kms-error.ts';

/** The aliases of one region: those of customers, and those of AWS services. */
export class AliasStore {
  readonly #clock: Clock;
  readonly #region: string;
  readonly #kept: Collection<Alias>;
  readonly #aliases = new NameIndex<Alias>();

  constructor(clock: Clock, state: StateStore, region: string) {
    this.#clock = clock;
    this.#region = region;
    this.#kept = state.collection('kms/aliases', aliasSchema);
    for (const [name, alias] of this.#kept.entries()) this.#aliases.set(name, alias);
  }

  arnOf(name: string): string {
    return aliasArn(this.#region, name);
  }

  find(name: string): Alias | undefined {
    return this.#aliases.get(name);
  }

  /** @throws AwsError AlreadyExistsException, ValidationException, NotAuthorizedException */
  create(name: string, keyId: string): void {
    checkName(name);
    if (this.#aliases.has(name)) {
      throw new AwsError('AlreadyExistsException', `An alias with the name ${this.arnOf(name)} already exists`);
    }
    this.put(name, keyId);
  }

  /** @throws AwsError NotFoundException, ValidationException, NotAuthorizedException */
  update(name: string, keyId: string): void {
    this.#existing(name);
    this.put(name, keyId);
  }

  /** @throws AwsError NotFoundException, ValidationException, NotAuthorizedException */
  delete(name: string): void {
    this.#existing(name);
    this.#forget(name);
  }

  put(name: string, keyId: string): void {
    const now = this.#clock.now();
    const alias = { name, keyId, createdAt: this.#aliases.get(name)?.createdAt ?? now, changedAt: now };
    this.#aliases.set(name, alias);
    this.#kept.put(name, alias);
  }

  deleteOf(keyId: string): void {
    for (const { name } of [...this.of(keyId)]) this.#forget(name);
  }

  *of(keyId: string): Generator<Alias> {
    for (const alias of this.#aliases.values()) if (alias.keyId === keyId) yield alias;
  }

  /** In the order of their names, with those of services whose keys have not been made. */
  *entries(after?: string): Generator<Pick<Alias, 'name'> & Partial<Alias>> {
    const unused = managingServices.map((service) => `alias/aws/${service}`).filter((name) => !this.#aliases.has(name));
    const names = [...this.#aliases.keys(), ...unused].sort();
    for (const name of names) if (after === undefined || name > after) yield this.#aliases.get(name) ?? { name };
  }

  #existing(name: string): void {
    checkName(name);
    if (!this.#aliases.has(name)) throw aliasNotFound(this.arnOf(name));
  }

  #forget(name: string): void {
    this.#aliases.delete(name);
    this.#kept.delete(name);
  }
}

function checkName(name: string): void {
  if (!name.startsWith('alias/')) {
    throw validation(
      'Alias must start with the prefix "alias/". Please see https://docs.aws.amazon.com/kms/latest/developerguide/kms-alias.html',
    );
  }
  if (!/^[\w:/-]{1,256}$/.test(name) || name === 'alias/') {
    throw validation(
      `1 validation error detected: Value '${name}' at 'aliasName' failed to satisfy constraint: Member must satisfy regular expression pattern: ^[a-zA-Z0-9:/_-]+$`,
    );
  }
  // AWS gives no message.
  if (name.startsWith('alias/aws/')) throw new AwsError('NotAuthorizedException', '');
}
