import { AwsError } from '../core/aws-error.ts';
import type { TableFacts } from '../dynamodb/table-facts.ts';
import { arnOf, type Partition } from './partitions.ts';

/** A partition, and the quota of it that is used up. */
export type Shortage = { readonly partition: Partition; readonly quota: 'partition' | 'table' };

const onDemand = {
  table:
    'Throughput exceeds the current capacity of your table or index. DynamoDB is automatically scaling your table or index so please try again shortly. If exceptions persist, check if you have a hot key: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html',
  index:
    'Throughput exceeds the current capacity for one or more global secondary indexes. DynamoDB is automatically scaling your index so please try again shortly.',
};
const provisioned = {
  table:
    'The level of configured provisioned throughput for the table was exceeded. Consider increasing your provisioning level with the UpdateTable API.',
  index:
    'The level of configured provisioned throughput for one or more global secondary indexes of the table was exceeded. Consider provisioning more throughput for the under-provisioned global secondary indexes with the UpdateTable API',
};

/** What DynamoDB answers to a call for which a table or index has no capacity. */
export function throttlingError(shortage: Shortage, facts: Pick<TableFacts, 'isOnDemand'>): AwsError {
  const { partition } = shortage;
  const reasons = [{ reason: reasonOf(shortage), resource: arnOf(partition) }];
  return facts.isOnDemand(partition.table)
    ? new AwsError('ThrottlingException', messageOf(shortage, facts), 400, { throttlingReasons: reasons })
    : new AwsError('ProvisionedThroughputExceededException', messageOf(shortage, facts), 400, {
        ThrottlingReasons: reasons,
      });
}

/** The same for a transaction. @param shortages in the order of its items; undefined for those with capacity */
export function cancelledTransaction(
  shortages: readonly (Shortage | undefined)[],
  facts: Pick<TableFacts, 'isOnDemand'>,
): AwsError {
  const CancellationReasons = shortages.map((shortage) =>
    shortage === undefined
      ? { Code: 'None' }
      : {
          Code: facts.isOnDemand(shortage.partition.table) ? 'ThrottlingError' : 'ProvisionedThroughputExceeded',
          Message: messageOf(shortage, facts),
        },
  );
  const codes = CancellationReasons.map(({ Code }) => Code).join(', ');
  const message = `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes}]`;
  return new AwsError('TransactionCanceledException', message, 400, { CancellationReasons });
}

function messageOf({ partition }: Shortage, facts: Pick<TableFacts, 'isOnDemand'>): string {
  const messages = facts.isOnDemand(partition.table) ? onDemand : provisioned;
  return partition.index === undefined ? messages.table : messages.index;
}

/** docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_ThrottlingReason.html */
function reasonOf({ partition: { operation, index }, quota }: Shortage): string {
  const limit = quota === 'partition' ? 'KeyRangeThroughputExceeded' : 'AccountLimitExceeded';
  return `${index === undefined ? 'Table' : 'Index'}${operation}${limit}`;
}
