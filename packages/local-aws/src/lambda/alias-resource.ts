import * as z from 'zod';
import { defineResource, property, type ResourceState, type ResourceType } from '../core/resource-type.ts';
import { createAlias, deleteAlias, updateAlias } from './alias-actions.ts';
import { parseFunctionName } from './function-name.ts';
import type { FunctionRecord } from './function-record.ts';
import { locateQualifier } from './locate-qualifier.ts';
import { type ProvisionedPorts, provision, provisionedProperty } from './provisioned-property.ts';

const aliasProperties = z.strictObject({
  FunctionName: property.string(),
  FunctionVersion: property.string(),
  Name: property.string(),
  Description: property.string().optional(),
  RoutingConfig: z
    .strictObject({
      AdditionalVersionWeights: z.array(
        z.strictObject({ FunctionVersion: property.string(), FunctionWeight: z.coerce.number() }),
      ),
    })
    .optional(),
  ProvisionedConcurrencyConfig: provisionedProperty,
});
type AliasProperties = z.infer<typeof aliasProperties>;

/** AWS::Lambda::Alias. */
export function aliasType(ports: ProvisionedPorts): ResourceType {
  const { functions } = ports;
  const finish = async (
    record: FunctionRecord,
    { Name, ProvisionedConcurrencyConfig }: AliasProperties,
  ): Promise<ResourceState> => {
    functions.changed();
    await provision(ports, record, Name, ProvisionedConcurrencyConfig);
    const aliasArn = `${record.arn}:${Name}`;
    return { physicalId: aliasArn, attributes: { AliasArn: aliasArn } };
  };
  return defineResource({
    type: 'AWS::Lambda::Alias',
    properties: aliasProperties,
    replaceOn: ['FunctionName', 'Name'],
    async create(input, { region }) {
      const record = functions.get(parseFunctionName(input.FunctionName), region);
      createAlias(record, input.Name, aliasSettings(input));
      try {
        return await finish(record, input);
      } catch (error) {
        deleteAlias(record, input.Name);
        functions.changed();
        throw error;
      }
    },
    update(input, _current, { region }) {
      const record = functions.get(parseFunctionName(input.FunctionName), region);
      updateAlias(record, input.Name, aliasSettings(input));
      return finish(record, input);
    },
    delete({ physicalId }) {
      const found = locateQualifier(functions, physicalId);
      if (found === undefined) return;
      deleteAlias(found.record, found.qualifier);
      functions.changed();
    },
  });
}

function aliasSettings({ FunctionVersion, Description = '', RoutingConfig }: AliasProperties) {
  return {
    FunctionVersion,
    Description,
    weights: Object.fromEntries(
      (RoutingConfig?.AdditionalVersionWeights ?? []).map((weight) => [weight.FunctionVersion, weight.FunctionWeight]),
    ),
  };
}
