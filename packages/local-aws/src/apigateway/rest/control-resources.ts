import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { AwsError } from '../../core/aws-error.ts';
import { deriveId } from '../../core/derive-id.ts';
import { type RestRoute, restBody } from '../../core/rest-protocol.ts';
import { page, parse, patchesOf, replaceMembers } from './control-input.ts';
import { resourceOf } from './put-method.ts';
import { addResource, moveResource, removeResource } from './resource-tree.ts';
import { notFound, type RestApiStore } from './rest-api-store.ts';
import { resourceView } from './views.ts';

const resourceInput = z.object({ pathPart: z.string() });

/** Calls about the resources of an API. */
export function resourceRoutes(store: RestApiStore): RestRoute[] {
  // AWS looks for the resource first: of an unknown API it says that the resource is unknown.
  const found = (apiId: string, resourceId: string) => {
    const { definition } = store.apis.get(apiId) ?? notFound('Resource', resourceId);
    return { definition, resource: resourceOf(definition, resourceId) };
  };
  const path = '/restapis/{apiId}/resources/{resourceId}';
  return [
    {
      method: 'GET',
      path: '/restapis/{apiId}/resources',
      handle: ({ query }, { apiId = '' }) => {
        const resources = Object.values(store.api(apiId).definition.resources);
        return page(resources.sort(byPath).map(resourceView), query);
      },
    },
    {
      method: 'GET',
      path,
      handle: (_, { apiId = '', resourceId = '' }) => ({ body: resourceView(found(apiId, resourceId).resource) }),
    },
    {
      method: 'POST',
      path,
      handle: (request, { apiId = '', resourceId: parentId = '' }) => {
        const { definition } = found(apiId, parentId);
        const { pathPart } = parse(resourceInput, restBody(request));
        const resource = addResource(definition, deriveId(6, randomUUID()), { parentId, pathPart });
        store.changed();
        return { status: 201, body: resourceView(resource) };
      },
    },
    {
      method: 'PATCH',
      path,
      handle: (request, { apiId = '', resourceId = '' }) => {
        const { definition, resource } = found(apiId, resourceId);
        const { parentId, pathPart } = resource;
        const place = { parentId: parentId ?? '', pathPart };
        const set = (member: keyof typeof place, value: string): void => {
          if (parentId === undefined) {
            throw new AwsError('BadRequestException', `Root resource cannot update its ${member}.`);
          }
          place[member] = value;
        };
        replaceMembers(patchesOf(request, 'updateResource'), {
          '/parentId': (value) => set('parentId', value),
          '/pathPart': (value) => set('pathPart', value),
        });
        if (parentId !== undefined) moveResource(definition, resource, place);
        store.changed();
        return { body: resourceView(resource) };
      },
    },
    {
      method: 'DELETE',
      path,
      handle: (_, { apiId = '', resourceId = '' }) => {
        const { definition, resource } = found(apiId, resourceId);
        if (resource.parentId === undefined) {
          throw new AwsError('BadRequestException', 'Root resource cannot be deleted.');
        }
        removeResource(definition, resource);
        store.changed();
        return { status: 202 };
      },
    },
  ];
}

function byPath(a: { path: string }, b: { path: string }): number {
  return a.path < b.path ? -1 : Number(a.path > b.path);
}
