import * as z from 'zod';
import type { JsonAction } from '../core/json-protocol.ts';
import { tagMap } from '../core/tags.ts';
import { setBusPolicy } from './bus-policy.ts';
import type { BusStore, EventBus } from './bus-store.ts';
import { customBusName, eventsAction, namedPageInput, pageOf, tagsInput } from './events-action.ts';
import { eventsError } from './events-error.ts';
import type { RuleStore } from './rule-store.ts';

const settings = {
  Description: z.string().max(512).optional(),
  KmsKeyIdentifier: z.string().max(2048).optional(),
  DeadLetterConfig: z.strictObject({ Arn: z.string().min(1).max(1600).optional() }).optional(),
};

/** Event buses: make, change, read, delete. */
export function busActions(buses: BusStore, rules: RuleStore): Record<string, JsonAction> {
  return {
    CreateEventBus: eventsAction(
      z.strictObject({ Name: customBusName, Tags: tagsInput.default([]), ...settings }),
      ({ Name, Tags, Description, KmsKeyIdentifier, DeadLetterConfig }, { region }) => {
        const bus = buses.create(Name, region, {
          description: Description,
          kmsKeyIdentifier: KmsKeyIdentifier,
          deadLetterArn: DeadLetterConfig?.Arn,
          tags: tagMap(Tags),
        });
        return { EventBusArn: bus.arn, Description, KmsKeyIdentifier, DeadLetterConfig };
      },
    ),
    UpdateEventBus: eventsAction(
      z.strictObject({ Name: z.string().optional(), ...settings }),
      ({ Name, Description, KmsKeyIdentifier, DeadLetterConfig }, { region }) => {
        const bus = buses.get(Name, region);
        buses.change(bus, {
          ...(Description !== undefined && { description: Description }),
          ...(KmsKeyIdentifier !== undefined && { kmsKeyIdentifier: KmsKeyIdentifier }),
          ...(DeadLetterConfig !== undefined && { deadLetterArn: DeadLetterConfig.Arn }),
        });
        return { Arn: bus.arn, Name: bus.name, ...describeSettings(bus) };
      },
    ),
    DescribeEventBus: eventsAction(z.strictObject({ Name: z.string().optional() }), ({ Name }, { region }) => {
      const bus = buses.get(Name, region);
      return { ...listBus(bus), ...describeSettings(bus) };
    }),
    ListEventBuses: eventsAction(z.strictObject(namedPageInput), ({ NamePrefix = '', ...page }, { region }) => {
      const { items, NextToken } = pageOf(
        buses.list(region).filter(({ name }) => name.startsWith(NamePrefix)),
        page,
      );
      return { EventBuses: items.map(listBus), NextToken };
    }),
    DeleteEventBus: eventsAction(z.strictObject({ Name: z.string() }), ({ Name }, { region }) => {
      const bus = buses.find(Name, region);
      if (bus !== undefined) deleteBus(buses, rules, bus);
      return {};
    }),
    PutPermission: eventsAction(
      z.strictObject({
        EventBusName: z.string().optional(),
        Action: z.string().optional(),
        Principal: z.string().optional(),
        StatementId: z.string().optional(),
        Condition: z.strictObject({ Type: z.string(), Key: z.string(), Value: z.string() }).optional(),
        Policy: z.string().optional(),
      }),
      ({ EventBusName, ...permission }, { region }) => {
        setBusPolicy(buses, buses.get(EventBusName, region), permission);
        return {};
      },
    ),
    RemovePermission: eventsAction(
      z.strictObject({
        EventBusName: z.string().optional(),
        StatementId: z.string().optional(),
        RemoveAllPermissions: z.boolean().default(false),
      }),
      ({ EventBusName, StatementId, RemoveAllPermissions }, { region }) => {
        const bus = buses.get(EventBusName, region);
        setBusPolicy(buses, bus, RemoveAllPermissions ? 'none' : { without: StatementId ?? '' });
        return {};
      },
    ),
  };
}

/** @throws AwsError ValidationException for a bus with rules */
export function deleteBus(buses: BusStore, rules: RuleStore, bus: EventBus): void {
  if (bus.name !== 'default' && rules.of(bus).length > 0) {
    throw eventsError.validation(`Event bus ${bus.name} can't be deleted since it has rules.`);
  }
  buses.delete(bus);
}

function listBus({ name, arn, description, policy, createdAt, modifiedAt }: EventBus): object {
  return {
    Name: name,
    Arn: arn,
    Description: description,
    Policy: policy,
    CreationTime: createdAt / 1000,
    LastModifiedTime: modifiedAt / 1000,
  };
}

function describeSettings({ description, kmsKeyIdentifier, deadLetterArn }: EventBus): object {
  return {
    Description: description,
    KmsKeyIdentifier: kmsKeyIdentifier,
    ...(deadLetterArn !== undefined && { DeadLetterConfig: { Arn: deadLetterArn } }),
  };
}
