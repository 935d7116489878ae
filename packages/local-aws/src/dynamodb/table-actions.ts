import { AwsError } from '../core/aws-error.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../core/json.ts';
import type { TableAction } from './dynamodb-api.ts';
import type { Engine } from './engine.ts';
import type { ItemExpiry } from './expire-items.ts';
import { missing, required } from './required.ts';
import type { StreamHistory } from './stream-history.ts';
import type { TableDescriptions } from './table-descriptions.ts';
import type { TableEncryption } from './table-encryption.ts';
import type { TableFacts } from './table-facts.ts';
import type { TableSettings } from './table-settings.ts';

type Parts = {
  readonly engine: Engine;
  readonly settings: TableSettings;
  readonly encryption: TableEncryption;
  readonly expiry: ItemExpiry;
  readonly facts: TableFacts;
  readonly descriptions: TableDescriptions;
  readonly history: Pick<StreamHistory, 'forget'>;
};

/** The actions in which the engine needs help to do what AWS does. */
export function tableActions({
  engine,
  settings,
  encryption,
  expiry,
  facts,
  descriptions,
  history,
}: Parts): Readonly<Record<string, TableAction>> {
  const existing = async (input: JsonObject, code = 'TableNotFoundException'): Promise<string> => {
    const name = required(input, 'TableName');
    try {
      await descriptions.describe(name);
      return name;
    } catch (error) {
      if (!(error instanceof AwsError) || error.code !== 'ResourceNotFoundException') throw error;
      throw new AwsError(code, `Table not found: ${name}`);
    }
  };

  return {
    async CreateTable(input) {
      // Said aloud, because the engine forgets to ask for the throughput that the default needs.
      if (input.BillingMode !== 'PAY_PER_REQUEST') checkIndexThroughput(input.GlobalSecondaryIndexes, []);
      const { SSESpecification, ...ofEngine } = input;
      const keyArn = encryption.keyFor(SSESpecification);
      const output = await engine.call('CreateTable', { BillingMode: 'PROVISIONED', ...ofEngine });
      facts.learn(output.TableDescription);
      encryption.set(required(input, 'TableName'), keyArn);
      return { ...output, TableDescription: encryption.describe(output.TableDescription) };
    },

    async DescribeTable(input) {
      const { Table, ...output } = await descriptions.describe(required(input, 'TableName'));
      return { ...output, Table: encryption.describe(Table) };
    },

    async UpdateTable(input) {
      const { SSESpecification, ...effective } = input;
      const keyArn = encryption.keyFor(SSESpecification);
      const indexes = Array.isArray(input.GlobalSecondaryIndexUpdates) ? input.GlobalSecondaryIndexUpdates : [];
      const made = indexes.filter((index) => isJsonObject(index) && (index.Create ?? index.Delete) !== undefined);
      if (made.length > 1) {
        throw new AwsError(
          'LimitExceededException',
          'Subscriber limit exceeded: Only 1 online index can be created or deleted simultaneously per table',
        );
      }
      if (SSESpecification !== undefined && Object.keys(effective).length === 1) {
        const { Table } = await descriptions.describe(required(input, 'TableName'));
        encryption.set(required(input, 'TableName'), keyArn);
        return { TableDescription: encryption.describe(Table) };
      }
      if (input.BillingMode === 'PROVISIONED') {
        const { Table } = await descriptions.describe(required(input, 'TableName'));
        const { BillingModeSummary, GlobalSecondaryIndexes } = isJsonObject(Table) ? Table : {};
        // Only an on-demand table has this, and its indexes have no throughput yet.
        if (BillingModeSummary !== undefined) checkIndexThroughput(GlobalSecondaryIndexes, indexes);
      }
      const output = await engine.call('UpdateTable', effective);
      descriptions.forget(required(input, 'TableName'));
      facts.learn(output.TableDescription);
      if (SSESpecification !== undefined) encryption.set(required(input, 'TableName'), keyArn);
      // The next stream of the table starts empty.
      if (input.StreamSpecification !== undefined) await history.forget(required(input, 'TableName'));
      return { ...output, TableDescription: encryption.describe(output.TableDescription) };
    },

    async DeleteTable(input) {
      const output = await engine.call('DeleteTable', input);
      const name = required(input, 'TableName');
      settings.forget(name);
      descriptions.forget(name);
      encryption.set(name, undefined);
      facts.forget(name);
      await expiry.watch(name, undefined);
      await history.forget(name);
      return output;
    },

    async UpdateTimeToLive(input) {
      const name = required(input, 'TableName');
      const wanted = isJsonObject(input.TimeToLiveSpecification) ? input.TimeToLiveSpecification : {};
      const { TimeToLiveDescription } = await engine.call('DescribeTimeToLive', { TableName: name });
      const current = isJsonObject(TimeToLiveDescription) ? TimeToLiveDescription : {};
      const isEnabled = current.TimeToLiveStatus === 'ENABLED';
      if (wanted.Enabled === isEnabled) {
        throw new AwsError('ValidationException', `TimeToLive is already ${isEnabled ? 'enabled' : 'disabled'}`);
      }
      const output = await engine.call('UpdateTimeToLive', input);
      await expiry.watch(name, wanted.Enabled === true ? String(wanted.AttributeName) : undefined);
      return output;
    },

    async DescribeContinuousBackups(input) {
      return settings.describeBackups(await existing(input));
    },

    async UpdateContinuousBackups(input) {
      const specification = input.PointInTimeRecoverySpecification;
      if (!isJsonObject(specification) || typeof specification.PointInTimeRecoveryEnabled !== 'boolean') {
        throw missing('pointInTimeRecoverySpecification.pointInTimeRecoveryEnabled');
      }
      const days = specification.RecoveryPeriodInDays;
      if (days !== undefined && !(Number(days) >= 1 && Number(days) <= 35)) {
        throw new AwsError('ValidationException', 'RecoveryPeriodInDays must be between 1 and 35.');
      }
      const name = await existing(input);
      settings.setRecovery(
        name,
        specification.PointInTimeRecoveryEnabled,
        days === undefined ? undefined : Number(days),
      );
      return settings.describeBackups(name);
    },

    async PutResourcePolicy(input) {
      return settings.putPolicy(await resourceOf(input, existing), required(input, 'Policy'));
    },

    async GetResourcePolicy(input) {
      return settings.policy(await resourceOf(input, existing));
    },

    async DeleteResourcePolicy(input) {
      settings.deletePolicy(await resourceOf(input, existing));
      return {};
    },
  };
}

/** @throws AwsError for an index that neither has throughput nor gets it by an update, which the engine overlooks */
function checkIndexThroughput(indexes: JsonValue | undefined, updates: readonly JsonValue[]): void {
  const given = updates.flatMap((update) =>
    isJsonObject(update) && isJsonObject(update.Update) ? [update.Update.IndexName] : [],
  );
  for (const index of Array.isArray(indexes) ? indexes.filter(isJsonObject) : []) {
    const { IndexName, ProvisionedThroughput } = index;
    const units = isJsonObject(ProvisionedThroughput) ? Number(ProvisionedThroughput.ReadCapacityUnits) : 0;
    if (units > 0 || given.includes(IndexName ?? '')) continue;
    throw new AwsError(
      'ValidationException',
      `One or more parameter values were invalid: ProvisionedThroughput must be specified for index: ${String(IndexName)}`,
    );
  }
}

async function resourceOf(
  input: JsonObject,
  existing: (input: JsonObject, code: string) => Promise<string>,
): Promise<string> {
  const resource = required(input, 'ResourceArn').split(':').slice(5).join(':');
  await existing({ TableName: resource.split('/')[1] ?? '' }, 'ResourceNotFoundException');
  return resource;
}
