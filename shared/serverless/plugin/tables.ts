import type { ServiceContext } from './service-context.ts';
import { type Resource, resourcesOfType, type Template } from './template.ts';

/**
 * Completes the tables of a template by parameters: billing of the table and its indexes, and what happens to it with
 * its stack. What a table says itself stays; one with `DeletionPolicy: Delete` is not protected.
 */
export function completeTables({ Resources }: Template, { parameters, note }: ServiceContext): void {
  const { billingMode, deletionPolicy, deletionProtection } = parameters;
  const capacity = billingMode === 'PROVISIONED' && {
    ProvisionedThroughput: {
      ReadCapacityUnits: parameters.readCapacityUnits,
      WriteCapacityUnits: parameters.writeCapacityUnits,
    },
  };
  for (const [id, table] of resourcesOfType(Resources, 'AWS::DynamoDB::Table')) {
    const { GlobalSecondaryIndexes: indexes, ...properties } = table.Properties ?? {};
    if (!('BillingMode' in properties)) {
      table.Properties = {
        BillingMode: billingMode,
        ...capacity,
        ...properties,
        ...(Array.isArray(indexes) && {
          GlobalSecondaryIndexes: indexes.map((index: object) => ({ ...capacity, ...index })),
        }),
      };
      note(`Resources.${id}`, `BillingMode: ${billingMode}`, 'the parameter billingMode');
    }
    if (table.DeletionPolicy === undefined) protect(table, deletionPolicy, deletionProtection);
    note(
      `Resources.${id}`,
      `DeletionPolicy: ${table.DeletionPolicy}`,
      'the parameters deletionPolicy, deletionProtection',
    );
  }
}

function protect(table: Resource, policy: string, isProtected: boolean): void {
  table.DeletionPolicy = policy;
  table.UpdateReplacePolicy ??= policy;
  table.Properties = { DeletionProtectionEnabled: isProtected, ...table.Properties };
}
