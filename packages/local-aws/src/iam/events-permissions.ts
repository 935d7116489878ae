import { arn } from '../core/arn.ts';
import type { JsonObject } from '../core/json.ts';
import { type JsonCall, objectsOf, type Permission, textOf } from './permission.ts';

/** Actions on a bus, with the member that names it. */
const busActions: Readonly<Record<string, string>> = {
  CreateEventBus: 'Name',
  UpdateEventBus: 'Name',
  DescribeEventBus: 'Name',
  DeleteEventBus: 'Name',
  PutPermission: 'EventBusName',
  RemovePermission: 'EventBusName',
};
/** Actions on a rule, with the member that names it. */
const ruleActions: Readonly<Record<string, string>> = {
  PutRule: 'Name',
  DescribeRule: 'Name',
  EnableRule: 'Name',
  DisableRule: 'Name',
  DeleteRule: 'Name',
  PutTargets: 'Rule',
  RemoveTargets: 'Rule',
  ListTargetsByRule: 'Rule',
};

/** What an EventBridge call needs: PutEvents once for each bus, source and detail type. */
export function eventsPermissions({ action, input, region }: JsonCall): Permission[] {
  if (action === 'PutEvents') return putEventsPermissions(objectsOf(input.Entries), region);
  return [{ action: `events:${action}`, resource: resourceOf(action, input, region) }];
}

function putEventsPermissions(entries: readonly JsonObject[], region: string): Permission[] {
  const permissions = entries.map((entry): Permission => {
    const source = textOf(entry.Source);
    const detailType = textOf(entry.DetailType);
    return {
      action: 'events:PutEvents',
      resource: busArn(textOf(entry.EventBusName), region),
      context: { 'events:source': source, 'events:detail-type': detailType, 'events:eventBusInvocation': 'false' },
    };
  });
  return [...new Map(permissions.map((permission) => [JSON.stringify(permission), permission])).values()];
}

function resourceOf(action: string, input: JsonObject, region: string): string {
  const busMember = Object.hasOwn(busActions, action) ? busActions[action] : undefined;
  if (busMember !== undefined) return busArn(textOf(input[busMember]), region);
  const ruleMember = Object.hasOwn(ruleActions, action) ? ruleActions[action] : undefined;
  if (ruleMember !== undefined) return ruleArn(textOf(input[ruleMember]), textOf(input.EventBusName), region);
  return textOf(input.ResourceARN) ?? '*';
}

function busArn(name = 'default', region: string): string {
  return name.startsWith('arn:') ? name : arn('events', region, `event-bus/${name}`);
}

function ruleArn(name = '*', bus = 'default', region: string): string {
  const busName = bus.split('event-bus/').at(-1);
  return arn('events', region, busName === 'default' ? `rule/${name}` : `rule/${busName}/${name}`);
}
