import { createHash } from 'node:crypto';
import * as z from 'zod';
import { AwsError } from '../core/aws-error.ts';
import type { Clock } from '../core/clock.ts';
import type { JsonObject } from '../core/json.ts';
import type { Collection, StateStore } from '../core/state-store.ts';

const recoverySchema = z.object({ days: z.number(), since: z.number() });
type Recovery = z.infer<typeof recoverySchema>;

const defaultRecoveryDays = 35;

/** What the engine does not know of a table: point-in-time recovery and resource policies. Kept and told, not acted on. */
export class TableSettings {
  readonly #clock: Clock;
  readonly #keptRecovery: Collection<Recovery>;
  readonly #keptPolicies: Collection<string>;
  readonly #recovery: Map<string, Recovery>;
  /** By the ARN's resource part, `table/<name>` or `table/<name>/stream/<label>`. */
  readonly #policies: Map<string, string>;

  constructor(clock: Clock, state: StateStore) {
    this.#clock = clock;
    this.#keptRecovery = state.collection('dynamodb/recovery', recoverySchema);
    this.#keptPolicies = state.collection('dynamodb/policies', z.string());
    this.#recovery = new Map(this.#keptRecovery.entries());
    this.#policies = new Map(this.#keptPolicies.entries());
  }

  setRecovery(table: string, isEnabled: boolean, days = defaultRecoveryDays): void {
    if (!isEnabled) {
      this.#recovery.delete(table);
      this.#keptRecovery.delete(table);
      return;
    }
    const recovery = { days, since: this.#recovery.get(table)?.since ?? this.#clock.now() };
    this.#recovery.set(table, recovery);
    this.#keptRecovery.put(table, recovery);
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
    this.#keptPolicies.put(resource, policy);
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
    this.#keptPolicies.delete(resource);
  }

  forget(table: string): void {
    this.setRecovery(table, false);
    for (const resource of this.#policies.keys()) {
      if (resource.split('/')[1] === table) this.deletePolicy(resource);
    }
  }
}

function revisionOf(policy: string): string {
  return createHash('sha256').update(policy).digest('hex').slice(0, 16);
}
