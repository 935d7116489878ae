import { arn } from '../core/arn.ts';
import type { AwsRequest } from '../core/aws-api.ts';
import { decodeSegment } from '../core/decode-segment.ts';
import { isJsonObject } from '../core/json.ts';
import { tryReadJsonObject } from '../core/read-json.ts';
import { type Permission, passRole, textOf, unknownPermission } from './permission.ts';

const verbs: Readonly<Record<string, string>> = { POST: 'Create', GET: 'Get', PUT: 'Update', DELETE: 'Delete' };
const tagVerbs: Readonly<Record<string, string>> = {
  POST: 'TagResource',
  GET: 'ListTagsForResource',
  DELETE: 'UntagResource',
};

/**
 * What a call of EventBridge Scheduler needs. A schedule gets a role, which the caller must be allowed to pass on.
 * @throws AwsError for a call whose permission is not written down
 */
export function schedulerPermissions(request: AwsRequest): Permission[] {
  const { method, path, query, region } = request;
  const [, collection = '', encoded = ''] = /^\/(schedules|schedule-groups|tags)(?:\/(.+?))?\/?$/.exec(path) ?? [];
  const name = decodeSegment(encoded);
  const verb = verbs[method];
  if (collection === 'tags' && tagVerbs[method] !== undefined) {
    return [{ action: `scheduler:${tagVerbs[method]}`, resource: name }];
  }
  if (name === '' && method === 'GET' && collection !== '') {
    return [
      {
        action: collection === 'schedules' ? 'scheduler:ListSchedules' : 'scheduler:ListScheduleGroups',
        resource: '*',
      },
    ];
  }
  if (verb === undefined || name === '' || collection === 'tags' || collection === '') {
    throw unknownPermission('scheduler', `${method} ${path}`);
  }
  if (collection === 'schedule-groups') {
    return [{ action: `scheduler:${verb}ScheduleGroup`, resource: arn('scheduler', region, `schedule-group/${name}`) }];
  }
  const body = tryReadJsonObject(request.body) ?? {};
  const group = textOf(body.GroupName) ?? query.get('groupName') ?? 'default';
  const roleArn = isJsonObject(body.Target) ? textOf(body.Target.RoleArn) : undefined;
  return [
    { action: `scheduler:${verb}Schedule`, resource: arn('scheduler', region, `schedule/${group}/${name}`) },
    ...(roleArn === undefined ? [] : [passRole(roleArn, 'scheduler.amazonaws.com')]),
  ];
}
