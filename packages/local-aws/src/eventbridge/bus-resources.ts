import * as z from 'zod';
import { generatedName } from '../core/generated-name.ts';
import { isJsonObject } from '../core/json.ts';
import { defineResource, property, type ResourceState, type ResourceType } from '../core/resource-type.ts';
import { resourceTags } from '../core/tags.ts';
import { policyProperty } from '../iam/policy-property.ts';
import { deleteBus } from './bus-actions.ts';
import { putStatement, setBusPolicy } from './bus-policy.ts';
import type { BusStore, EventBus } from './bus-store.ts';
import { customBusName } from './events-action.ts';
import type { RuleStore } from './rule-store.ts';

const busProperties = z.strictObject({
  Name: customBusName,
  Description: z.string().max(512).optional(),
  Policy: policyProperty('resource').optional(),
  Tags: property.tags().optional(),
  DeadLetterConfig: property.inert(),
  KmsKeyIdentifier: property.inert(),
});

/** AWS::Events::EventBus. */
export function busResource(buses: BusStore, rules: RuleStore): ResourceType {
  const stateOf = ({ name, arn, policy = '' }: EventBus): ResourceState => ({
    physicalId: name,
    attributes: { Arn: arn, Name: name, Policy: policy },
  });
  const settingsOf = ({ Description, Policy }: z.infer<typeof busProperties>) => ({
    description: Description,
    policy: Policy === undefined ? undefined : JSON.stringify(Policy),
  });
  return defineResource({
    type: 'AWS::Events::EventBus',
    properties: busProperties,
    replaceOn: ['Name'],
    create(properties, { region, tags }) {
      const own = resourceTags(tags, properties.Tags);
      return stateOf(buses.create(properties.Name, region, { ...settingsOf(properties), tags: own }));
    },
    update(properties, { state }, { region, tags }) {
      const bus = buses.get(state.physicalId, region);
      buses.change(bus, { ...settingsOf(properties), tags: resourceTags(tags, properties.Tags) });
      return stateOf(bus);
    },
    delete({ physicalId }, _properties, { region }) {
      const bus = buses.find(physicalId, region);
      if (bus !== undefined) deleteBus(buses, rules, bus);
    },
  });
}

const statementProperty = z.custom<Record<string, never>>(isJsonObject, 'must be a policy statement');
const policyProperties = z.strictObject({
  EventBusName: property.string().optional(),
  StatementId: property.string(),
  Statement: statementProperty.optional(),
  Action: z.string().optional(),
  Principal: property.string().optional(),
  Condition: z.strictObject({ Type: z.string(), Key: z.string(), Value: z.string() }).optional(),
});
type PolicyProperties = z.infer<typeof policyProperties>;

/** AWS::Events::EventBusPolicy: one statement of the policy of a bus. */
export function busPolicyResource(buses: BusStore): ResourceType {
  const put = ({ EventBusName, StatementId, Statement, ...parts }: PolicyProperties, region: string): void => {
    const bus = buses.get(EventBusName, region);
    if (Statement === undefined) setBusPolicy(buses, bus, { StatementId, ...parts });
    else putStatement(buses, bus, { ...Statement, Sid: StatementId });
  };
  return defineResource({
    type: 'AWS::Events::EventBusPolicy',
    properties: policyProperties,
    replaceOn: ['EventBusName', 'StatementId'],
    create(properties, context) {
      put(properties, context.region);
      return { physicalId: generatedName(context, 128), attributes: {} };
    },
    update(properties, { state }, { region }) {
      put(properties, region);
      return state;
    },
    delete(_state, { EventBusName, StatementId }, { region }) {
      const bus = buses.find(EventBusName, region);
      if (bus?.policy?.includes(JSON.stringify(StatementId))) setBusPolicy(buses, bus, { without: StatementId });
    },
  });
}
