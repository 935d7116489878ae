import * as z from 'zod';
import type { Template } from '../render-templates/template.ts';
import type { Finding } from './finding.ts';

const withCapacity = z.looseObject({ ProvisionedThroughput: z.unknown().optional() });
const tableSchema = withCapacity.extend({
  BillingMode: z.string().default('PROVISIONED'),
  KeySchema: z.array(z.unknown()),
  GlobalSecondaryIndexes: z.array(withCapacity.extend({ KeySchema: z.array(z.unknown()) })).default([]),
});
const keySchema = z.object({ AttributeName: z.string(), KeyType: z.enum(['HASH', 'RANGE']) });

/** Checks of tables what DynamoDB refuses and no schema says: capacities that do not fit the billing mode, odd keys. */
export function tableFindings({ Resources }: Template): readonly Finding[] {
  const tables = Object.entries(Resources).filter(([, { Type }]) => Type === 'AWS::DynamoDB::Table');
  return tables.flatMap(([logicalId, { Properties }]) => {
    const table = tableSchema.parse(Properties);
    const parts = [
      { path: 'Properties', part: table },
      ...table.GlobalSecondaryIndexes.map((part, index) => ({
        path: `Properties.GlobalSecondaryIndexes.${index}`,
        part,
      })),
    ];
    const isProvisioned = table.BillingMode === 'PROVISIONED';
    return parts.flatMap(({ path, part }) => [
      ...((part.ProvisionedThroughput !== undefined) === isProvisioned
        ? []
        : [
            {
              logicalId,
              path: `${path}.ProvisionedThroughput`,
              rule: 'table-capacity',
              message: `With the billing mode ${table.BillingMode} there is ${isProvisioned ? 'one here' : 'none'}.`,
            },
          ]),
      ...part.KeySchema.flatMap((key, index) =>
        keySchema.safeParse(key).success
          ? []
          : [{ logicalId, path: `${path}.KeySchema.${index}`, rule: 'table-key', message: 'This is no key.' }],
      ),
    ]);
  });
}
