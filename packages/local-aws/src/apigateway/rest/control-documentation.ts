import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { AwsError } from '../../core/aws-error.ts';
import type { Clock } from '../../core/clock.ts';
import { deriveId } from '../../core/derive-id.ts';
import { type RestRoute, restBody } from '../../core/rest-protocol.ts';
import type { DocumentationVersion } from './api-definition.ts';
import { page, parse, patchesOf, replaceMembers } from './control-input.ts';
import { locationSchema, putPart, putVersion } from './documentation.ts';
import { own, type RestApiStore } from './rest-api-store.ts';

const partInput = z.object({ location: locationSchema, properties: z.string() });
const versionInput = z.object({
  documentationVersion: z.string(),
  stageName: z.string().optional(),
  description: z.string().optional(),
});

type Ports = { readonly store: RestApiStore; readonly clock: Clock };

/** Calls about the parts of an API's documentation and its versions. */
export function documentationRoutes(ports: Ports): RestRoute[] {
  return [...partRoutes(ports.store), ...versionRoutes(ports)];
}

function partRoutes(store: RestApiStore): RestRoute[] {
  const path = '/restapis/{apiId}/documentation/parts';
  const partOf = (apiId: string, partId: string) =>
    own(store.apis.get(apiId)?.documentation.parts ?? {}, partId) ??
    missing('Invalid Documentation part identifier specified');
  return [
    {
      method: 'GET',
      path,
      handle: ({ query }, { apiId = '' }) => {
        const type = query.get('type');
        const parts = Object.values(store.api(apiId).documentation.parts);
        return page(
          parts.filter(({ location }) => type === null || location.type === type),
          query,
          ['type'],
        );
      },
    },
    {
      method: 'POST',
      path,
      handle: (request, { apiId = '' }) => {
        const api = store.api(apiId);
        const { location, properties } = parse(partInput, restBody(request));
        const part = putPart(api, { id: deriveId(6, randomUUID()), location, properties });
        store.changed();
        return { status: 201, body: part };
      },
    },
    {
      method: 'GET',
      path: `${path}/{partId}`,
      handle: (_, { apiId = '', partId = '' }) => ({ body: partOf(apiId, partId) }),
    },
    {
      method: 'PATCH',
      path: `${path}/{partId}`,
      handle: (request, { apiId = '', partId = '' }) => {
        const part = { ...partOf(apiId, partId) };
        replaceMembers(patchesOf(request, 'updateDocumentationPart'), {
          '/properties': (value) => {
            part.properties = value;
          },
        });
        putPart(store.api(apiId), part);
        store.changed();
        return { body: part };
      },
    },
    {
      method: 'DELETE',
      path: `${path}/{partId}`,
      handle: (_, { apiId = '', partId = '' }) => {
        const { documentation } = store.api(apiId);
        delete documentation.parts[partOf(apiId, partId).id];
        store.changed();
        return { status: 202 };
      },
    },
  ];
}

function versionRoutes({ store, clock }: Ports): RestRoute[] {
  const path = '/restapis/{apiId}/documentation/versions';
  const versionOf = (apiId: string, version: string) =>
    own(store.api(apiId).documentation.versions, version) ?? missing('Invalid Documentation version specified');
  return [
    {
      method: 'GET',
      path,
      handle: ({ query }, { apiId = '' }) =>
        page(Object.values(store.api(apiId).documentation.versions).map(versionView), query),
    },
    {
      method: 'POST',
      path,
      handle: (request, { apiId = '' }) => {
        const { documentationVersion, stageName, description } = parse(versionInput, restBody(request));
        const stage = stageName === undefined ? undefined : store.stage(apiId, stageName);
        const version = putVersion(store.api(apiId), {
          version: documentationVersion,
          createdDate: clock.now(),
          ...(description !== undefined && { description }),
        });
        if (stage !== undefined) stage.documentationVersion = documentationVersion;
        store.changed();
        return { status: 201, body: versionView(version) };
      },
    },
    {
      method: 'GET',
      path: `${path}/{version}`,
      handle: (_, { apiId = '', version = '' }) => ({ body: versionView(versionOf(apiId, version)) }),
    },
    {
      method: 'PATCH',
      path: `${path}/{version}`,
      handle: (request, { apiId = '', version = '' }) => {
        const found = versionOf(apiId, version);
        replaceMembers(patchesOf(request, 'updateDocumentationVersion'), {
          '/description': (value) => {
            found.description = value;
          },
        });
        store.changed();
        return { body: versionView(found) };
      },
    },
    {
      method: 'DELETE',
      path: `${path}/{version}`,
      handle: (_, { apiId = '', version = '' }) => {
        delete store.api(apiId).documentation.versions[versionOf(apiId, version).version];
        store.changed();
        return { status: 202 };
      },
    },
  ];
}

function versionView({ createdDate, ...version }: DocumentationVersion): object {
  return { ...version, createdDate: Math.floor(createdDate / 1000) };
}

function missing(message: string): never {
  throw new AwsError('NotFoundException', message, 404);
}
