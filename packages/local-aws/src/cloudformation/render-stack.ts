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

export function changeOutput(change: Change): QueryOutput {
  const isModify = change.action === 'Modify';
  return {
    Type: 'Resource',
    ResourceChange: {
      Action: change.action,
      LogicalResourceId: change.logicalId,
      PhysicalResourceId: change.physicalId,
      ResourceType: change.type,
      Replacement: change.replacement,
      Scope: isModify
        ? [...(change.properties.length > 0 ? ['Properties'] : []), ...(change.tags ? ['Tags'] : [])]
        : [],
      Details: change.properties.map(({ name, recreates, dynamic }) => ({
        Target: { Attribute: 'Properties', Name: name, RequiresRecreation: recreates ? 'Always' : 'Never' },
        Evaluation: dynamic ? 'Dynamic' : 'Static',
        ChangeSource: dynamic ? 'ResourceAttribute' : 'DirectModification',
      })),
    },
  };
}

function optionalDate(time: number | undefined): Date | undefined {
  return time === undefined ? undefined : new Date(time);
}
