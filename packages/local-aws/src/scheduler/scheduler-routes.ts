import * as z from 'zod';
import type { AwsRequest } from '../core/aws-api.ts';
import { AwsError } from '../core/aws-error.ts';
import { type RestRoute, restBody } from '../core/rest-protocol.ts';
import { tagList, tagMap } from '../core/tags.ts';
import { describeSchedule, listSchedule } from './schedule.ts';
import { defaultGroup, describeGroup, type GroupStore, type ScheduleGroup } from './schedule-group.ts';
import { invalid, schedulerName, scheduleShape } from './schedule-settings.ts';
import type { ScheduleStore } from './schedule-store.ts';

const tagsInput = z.array(z.strictObject({ Key: z.string().min(1).max(128), Value: z.string().max(256) }));
const scheduleInput = z.strictObject({
  ...scheduleShape,
  GroupName: schedulerName.default(defaultGroup),
  KmsKeyArn: z.string().optional(),
  ActionAfterCompletion: z.enum(['NONE', 'DELETE']).optional(),
  ClientToken: z.string().optional(),
});
const groupInput = z.strictObject({ Tags: tagsInput.default([]), ClientToken: z.string().optional() });
const taggingInput = z.strictObject({ Tags: tagsInput });

const maxPage = 100;

/** The EventBridge Scheduler API (REST). */
export function schedulerRoutes(schedules: ScheduleStore, groups: GroupStore): RestRoute[] {
  const schedulePath = '/schedules/{name}';
  const groupPath = '/schedule-groups/{name}';
  const tagsPath = '/tags/{arn+}';
  const placeOf = ({ query, region }: AwsRequest, name: string) => ({
    name,
    group: query.get('groupName') ?? defaultGroup,
    region,
  });
  const tagged = (arn: string): ScheduleGroup => {
    const group = groups.byArn(arn);
    if (group === undefined) throw new AwsError('ResourceNotFoundException', `Resource ${arn} does not exist.`, 404);
    return group;
  };
  return [
    {
      method: 'POST',
      path: schedulePath,
      handle(request, { name = '' }) {
        const { GroupName: group, ClientToken: _, ...settings } = parse(scheduleInput, request);
        const place = { name: nameIn(name), group, region: request.region };
        return { body: { ScheduleArn: schedules.create(place, settings, { isOfStack: false }).arn } };
      },
    },
    {
      method: 'PUT',
      path: schedulePath,
      handle(request, { name = '' }) {
        const { GroupName: group, ClientToken: _, ...settings } = parse(scheduleInput, request);
        return { body: { ScheduleArn: schedules.replace({ name, group, region: request.region }, settings).arn } };
      },
    },
    {
      method: 'GET',
      path: schedulePath,
      handle: (request, { name = '' }) => ({ body: describeSchedule(schedules.get(placeOf(request, name))) }),
    },
    {
      method: 'DELETE',
      path: schedulePath,
      handle(request, { name = '' }) {
        schedules.delete(schedules.get(placeOf(request, name)));
        return { body: {} };
      },
    },
    {
      method: 'GET',
      path: '/schedules',
      handle({ query, region }) {
        const wanted = (key: string, value: string): boolean => [null, value].includes(query.get(key));
        const found = schedules
          .list(region)
          .filter(({ GroupName, State = 'ENABLED' }) => wanted('ScheduleGroup', GroupName) && wanted('State', State))
          .filter(({ Name }) => Name.startsWith(query.get('NamePrefix') ?? ''));
        const { items, NextToken } = page(found, query);
        return { body: { Schedules: items.map(listSchedule), NextToken } };
      },
    },
    {
      method: 'POST',
      path: groupPath,
      handle(request, { name = '' }) {
        const { Tags } = parse(groupInput, request);
        return { body: { ScheduleGroupArn: groups.create(nameIn(name), request.region, tagMap(Tags)).arn } };
      },
    },
    {
      method: 'GET',
      path: groupPath,
      handle: ({ region }, { name = '' }) => ({ body: describeGroup(groups.get(name, region)) }),
    },
    {
      method: 'DELETE',
      path: groupPath,
      handle({ region }, { name = '' }) {
        groups.delete(groups.get(name, region));
        schedules.deleteGroup(name, region);
        return { body: {} };
      },
    },
    {
      method: 'GET',
      path: '/schedule-groups',
      handle({ query, region }) {
        const found = groups.list(region).filter(({ name }) => name.startsWith(query.get('NamePrefix') ?? ''));
        const { items, NextToken } = page(found, query);
        return { body: { ScheduleGroups: items.map(describeGroup), NextToken } };
      },
    },
    { method: 'GET', path: tagsPath, handle: (_, { arn = '' }) => ({ body: { Tags: tagList(tagged(arn).tags) } }) },
    {
      method: 'POST',
      path: tagsPath,
      handle(request, { arn = '' }) {
        const group = tagged(arn);
        groups.setTags(group, { ...group.tags, ...tagMap(parse(taggingInput, request).Tags) });
        return { body: {} };
      },
    },
    {
      method: 'DELETE',
      path: tagsPath,
      handle({ query }, { arn = '' }) {
        const group = tagged(arn);
        const removed = new Set(query.getAll('TagKeys'));
        groups.setTags(group, Object.fromEntries(Object.entries(group.tags).filter(([key]) => !removed.has(key))));
        return { body: {} };
      },
    },
  ];
}

function nameIn(name: string): string {
  const result = schedulerName.safeParse(name);
  if (result.success) return result.data;
  throw invalid(`The name ${name} ${result.error.issues[0]?.message ?? 'is not valid'}.`);
}

function page<T>(all: readonly T[], query: URLSearchParams): { items: readonly T[]; NextToken?: string } {
  const from = Number(query.get('NextToken') ?? 0);
  const size = Number(query.get('MaxResults') ?? maxPage);
  if (!Number.isInteger(from) || from < 0) throw invalid('The NextToken is not valid.');
  if (!Number.isInteger(size) || size < 1 || size > maxPage) {
    throw invalid(`MaxResults must be between 1 and ${maxPage}.`);
  }
  return { items: all.slice(from, from + size), ...(from + size < all.length && { NextToken: String(from + size) }) };
}

function parse<S extends z.ZodType>(schema: S, request: AwsRequest): z.output<S> {
  const result = schema.safeParse(restBody(request));
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const path = issue?.path.join('.') ?? '';
  if (issue?.code !== 'unrecognized_keys') throw invalid(`${path}: ${issue?.message ?? 'invalid'}`);
  const names = issue.keys.map((key) => (path === '' ? key : `${path}.${key}`)).join(', ');
  throw invalid(`${names} is not supported by the local endpoint. See the support matrix of local-aws.`);
}
