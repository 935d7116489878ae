import { createHash } from 'node:crypto';
import { AwsError } from '../core/aws-error.ts';
import type { Clock } from '../core/clock.ts';
import { isJsonObject, type JsonObject } from '../core/json.ts';
import type { StateStore } from '../core/state-store.ts';

const document = 'dynamodb-settings';
const defaultRecoveryDays = 35;

/** What the engine does not know of a table: point-in-time recovery and resource policies. Kept and told, not acted on. */
export class TableSettings {
  readonly #clock: Clock;
  readonly #state: StateStore;
  readonly #recovery = new Map<string, { days: number; since: number }>();
  /** By the ARN's resource part, `table/<name>` or `table/<name>/stream/<label>`. */
  readonly #policies = new Map<string, string>();

  constructor(clock: Clock, state: StateStore) {
    this.#clock = clock;
    this.#state = state;
    const kept = state.read(document);
    if (!isJsonObject(kept)) return;
    for (const [table, value] of Object.entries(isJsonObject(kept.recovery) ? kept.recovery : {})) {
      if (isJsonObject(value)) this.#recovery.set(table, { days: Number(value.days), since: Number(value.since) });
    }
    for (const [resource, policy] of Object.entries(isJsonObject(kept.policies) ? kept.policies : {})) {
      this.#policies.set(resource, String(policy));
    }
  }

  setRecovery(table: string, isEnabled: boolean, days = defaultRecoveryDays): void {
    if (!isEnabled) this.#recovery.delete(table);
    else this.#recovery.set(table, { days, since: this.#recovery.get(table)?.since ?? this.#clock.now() });
    this.#changed();
  }

  describeBackups(table: string): JsonObject {
    const recovery = this.#recovery.get(table);
    return {
      ContinuousBackupsDescription: {
        ContinuousBackupsStatus: 'ENABLED',
        PointInTimeRecoveryDescription:
          recovery === undefined
            ? { PointInTimeRecoveryStatus: 'DISABLED' }
            : {
                PointInTimeRecoveryStatus: 'ENABLED',
                RecoveryPeriodInDays: recovery.days,
                EarliestRestorableDateTime: recovery.since / 1000,
                LatestRestorableDateTime: this.#clock.now() / 1000,
              },
      },
    };
  }

  putPolicy(resource: string, policy: string): JsonObject {
    this.#policies.set(resource, policy);
    this.#changed();
    return { RevisionId: revisionOf(policy) };
  }

  policy(resource: string): JsonObject {
    const policy = this.#policies.get(resource);
    if (policy === undefined) {
      throw new AwsError('PolicyNotFoundException', `Resource-based policy not found for the provided ResourceArn`);
    }
    return { Policy: policy, RevisionId: revisionOf(policy) };
  }

  deletePolicy(resource: string): void {
    this.#policies.delete(resource);
    this.#changed();
  }

  forget(table: string): void {
    this.#recovery.delete(table);
    for (const resource of this.#policies.keys()) {
      if (resource.split('/')[1] === table) this.#policies.delete(resource);
    }
    this.#changed();
  }

  #changed(): void {
    this.#state.changed(document, () => ({
      recovery: Object.fromEntries(this.#recovery),
      policies: Object.fromEntries(this.#policies),
    }));
  }
}

function revisionOf(policy: string): string {
  return createHash('sha256').update(policy).digest('hex').slice(0, 16);
}
