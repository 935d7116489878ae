import * as z from 'zod';
import { parseArn } from '../core/arn.ts';
import { AwsError } from '../core/aws-error.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../core/json.ts';
import type { KeyRing } from '../core/key-ring.ts';
import type { Collection, StateStore } from '../core/state-store.ts';

/** The key of the service, when a table names none. */
const defaultKey = 'alias/aws/dynamodb';

/** Which tables have a key of KMS, in place of the one that DynamoDB owns. The key is stored, described, and checked by every call. */
export class TableEncryption {
  readonly #keys: KeyRing;
  readonly #kept: Collection<string>;
  /** The ARN of the key, by the name of the table. */
  readonly #keyArns: Map<string, string>;

  constructor(state: StateStore, keys: KeyRing) {
    this.#keys = keys;
    this.#kept = state.collection('dynamodb/encryption', z.string());
    this.#keyArns = new Map(this.#kept.entries());
  }

  /**
   * The ARN of the key that a specification asks for; undefined for the one that DynamoDB owns.
   * @throws AwsError ValidationException
   */
  keyFor(specification: JsonValue | undefined): string | undefined {
    const { Enabled, SSEType, KMSMasterKeyId }: JsonObject =
      specification !== undefined && isJsonObject(specification) ? specification : {};
    if (SSEType !== undefined && SSEType !== 'KMS') {
      throw new AwsError(
        'ValidationException',
        'One or more parameter values were invalid: The only valid SSEType is KMS',
      );
    }
    if (Enabled !== true) return undefined;
    try {
      return this.#keys.usable(typeof KMSMasterKeyId === 'string' ? KMSMasterKeyId : defaultKey);
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      throw new AwsError('ValidationException', `KMS validation error: ${error.code}: ${error.message}`);
    }
  }

  set(table: string, keyArn: string | undefined): void {
    if (keyArn === undefined) {
      this.#keyArns.delete(table);
      this.#kept.delete(table);
      return;
    }
    this.#keyArns.set(table, keyArn);
    this.#kept.put(table, keyArn);
  }

  /** @param tableArn of a table, an index or a stream of it */
  keyOf(tableArn: string): string | undefined {
    return this.#keyArns.get(parseArn(tableArn)?.resource.split('/')[1] ?? '');
  }

  /** The description of a table with its encryption, which AWS leaves out for the keys of DynamoDB. */
  describe(description: JsonValue | undefined): JsonObject {
    const table = description !== undefined && isJsonObject(description) ? description : {};
    const keyArn = this.#keyArns.get(String(table.TableName));
    if (keyArn === undefined) return table;
    return { ...table, SSEDescription: { Status: 'ENABLED', SSEType: 'KMS', KMSMasterKeyArn: keyArn } };
  }
}
