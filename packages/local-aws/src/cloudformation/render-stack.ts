import type { JsonObject, JsonValue } from '../core/json.ts';
import type { QueryOutput } from '../core/query-protocol.ts';
import { tagList } from '../core/tags.ts';
import type { Change, Desired, Stack, StackEvent, StackResource } from './stack-record.ts';
import { parseTemplate } from './template.ts';

/** Values of `NoEcho` parameters are never shown. */
export function parameterOutput({ templateBody, parameters, storedValues = {} }: Desired): QueryOutput[] {
  if (Object.keys(parameters).length === 0) return [];
  const declarations = parseTemplate(templateBody).parameters;
  return Object.entries(parameters).map(([name, value]) => ({
    ParameterKey: name,
    ParameterValue: declarations.get(name)?.NoEcho === true ? '****' : value,
    ...(Object.hasOwn(storedValues, name) && { ResolvedValue: storedValues[name] }),
  }));
}

export function tagOutput({ tags }: Pick<Desired, 'tags'>): QueryOutput[] {
  return tagList(tags);
}

/** @param shown how the value of an output is shown */
export function stackOutput(stack: Stack, shown: (value: string) => string): QueryOutput {
  return {
    StackId: stack.id,
    StackName: stack.name,
    ChangeSetId: stack.changeSetId,
    Description: stack.description,
    Parameters: parameterOutput(stack.current),
    CreationTime: new Date(stack.createdAt),
    LastUpdatedTime: optionalDate(stack.updatedAt),
    DeletionTime: optionalDate(stack.deletedAt),
    RollbackConfiguration: {},
    StackStatus: stack.status,
    StackStatusReason: stack.reason,
    DisableRollback: stack.disableRollback,
    NotificationARNs: stack.current.notificationArns,
    Capabilities: stack.current.capabilities,
    Outputs: stack.outputs.map(({ key, value, description, exportName }) => ({
      OutputKey: key,
      OutputValue: shown(value),
      Description: description,
      ExportName: exportName,
    })),
    RoleARN: stack.current.roleArn,
    Tags: tagOutput(stack.current),
    EnableTerminationProtection: stack.terminationProtection,
    DriftInformation: notChecked,
  };
}

const notChecked = { StackDriftStatus: 'NOT_CHECKED' };

export function stackSummary(stack: Stack): QueryOutput {
  return {
    StackId: stack.id,
    StackName: stack.name,
    TemplateDescription: stack.description,
    CreationTime: new Date(stack.createdAt),
    LastUpdatedTime: optionalDate(stack.updatedAt),
    DeletionTime: optionalDate(stack.deletedAt),
    StackStatus: stack.status,
    StackStatusReason: stack.reason,
    DriftInformation: notChecked,
  };
}

export function eventOutput(stack: Stack, event: StackEvent): QueryOutput {
  return {
    StackId: stack.id,
    EventId: event.id,
    StackName: stack.name,
    LogicalResourceId: event.logicalId,
    PhysicalResourceId: event.physicalId,
    ResourceType: event.type,
    Timestamp: new Date(event.time),
    ResourceStatus: event.status,
    ResourceStatusReason: event.reason,
    ResourceProperties: event.properties === undefined ? undefined : JSON.stringify(event.properties),
    ClientRequestToken: event.token,
  };
}

/** A resource as DescribeStackResources shows it. */
export function resourceOutput(stack: Stack, resource: StackResource): QueryOutput {
  return {
    StackName: stack.name,
    StackId: stack.id,
    ...resourceIdentity(resource),
    Timestamp: new Date(resource.updatedAt),
  };
}

/** A resource as ListStackResources shows it. */
export function resourceSummary(resource: StackResource): QueryOutput {
  return { ...resourceIdentity(resource), LastUpdatedTimestamp: new Date(resource.updatedAt) };
}

export function resourceDetail(stack: Stack, resource: StackResource): QueryOutput {
  return {
    StackName: stack.name,
    StackId: stack.id,
    ...resourceSummary(resource),
    Metadata: JSON.stringify(resource.metadata ?? {}),
  };
}

function resourceIdentity({ logicalId, physicalId, type, status, reason }: StackResource): QueryOutput {
  return {
    LogicalResourceId: logicalId,
    PhysicalResourceId: physicalId === '' ? undefined : physicalId,
    ResourceType: type,
    ResourceStatus: status,
    ResourceStatusReason: reason,
    DriftInformation: { StackResourceDriftStatus: 'NOT_CHECKED' },
  };
}

/** @param shownValues how properties are shown, before and after the change; undefined if they are not */
export function changeOutput(change: Change, shownValues?: (properties: JsonObject) => JsonObject): QueryOutput {
  const { action, logicalId, physicalId, type, replacement, policyAction, properties } = change;
  const before = change.before && shownValues?.(change.before);
  const after = change.after && shownValues?.(change.after);
  return {
    Type: 'Resource',
    ResourceChange: {
      PolicyAction: policyAction,
      Action: action,
      LogicalResourceId: logicalId,
      PhysicalResourceId: physicalId,
      ResourceType: type,
      Replacement: replacement,
      Scope:
        action === 'Modify' ? [...(properties.length > 0 ? ['Properties'] : []), ...(change.tags ? ['Tags'] : [])] : [],
      Details: properties.map(({ name, recreates, dynamic }) => ({
        Target: {
          Attribute: 'Properties',
          Name: name,
          RequiresRecreation: recreates ? 'Always' : 'Never',
          ...(shownValues && targetValues(name, before?.[name], after?.[name])),
        },
        Evaluation: dynamic ? 'Dynamic' : 'Static',
        ChangeSource: dynamic ? 'ResourceAttribute' : 'DirectModification',
      })),
      BeforeContext: before && JSON.stringify({ Properties: before }),
      AfterContext: after && JSON.stringify({ Properties: after }),
    },
  };
}

function targetValues(name: string, before: JsonValue | undefined, after: JsonValue | undefined): QueryOutput {
  const shown = (value: JsonValue | undefined) =>
    typeof value === 'string' || value === undefined ? value : JSON.stringify(value);
  return {
    Path: `/Properties/${name}`,
    BeforeValue: shown(before),
    AfterValue: shown(after),
    AttributeChangeType: before === undefined ? 'Add' : after === undefined ? 'Remove' : 'Modify',
  };
}

function optionalDate(time: number | undefined): Date | undefined {
  return time === undefined ? undefined : new Date(time);
}
