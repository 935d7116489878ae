import * as z from 'zod';
import { AwsError } from '../../core/aws-error.ts';
import type { Clock } from '../../core/clock.ts';
import { deriveId } from '../../core/derive-id.ts';
import { defineResource, property, type ResourceType } from '../../core/resource-type.ts';
import type { DocumentationPart, DocumentationVersion, RestApi } from './api-definition.ts';
import type { RestApiStore } from './rest-api-store.ts';

const { string, json } = property;

const partTypes = [
  'API',
  'AUTHORIZER',
  'MODEL',
  'RESOURCE',
  'METHOD',
  'PATH_PARAMETER',
  'QUERY_PARAMETER',
  'REQUEST_HEADER',
  'REQUEST_BODY',
  'RESPONSE',
  'RESPONSE_HEADER',
  'RESPONSE_BODY',
] as const;

export const locationSchema = z.object({
  type: z.enum(partTypes),
  path: z.string().optional(),
  method: z.string().optional(),
  statusCode: z.string().optional(),
  name: z.string().optional(),
});

/** @throws AwsError for a second part of one location */
export function putPart({ documentation }: RestApi, part: DocumentationPart): DocumentationPart {
  const place = placeOf(part);
  if (Object.values(documentation.parts).some((other) => other.id !== part.id && placeOf(other) === place)) {
    throw new AwsError('ConflictException', 'Documentation part already exists for the specified location', 409);
  }
  documentation.parts[part.id] = part;
  return part;
}

function placeOf({ location: { type, path, method, statusCode, name } }: DocumentationPart): string {
  return JSON.stringify([type, path, method, statusCode, name]);
}

/** @throws AwsError for a version that is there */
export function putVersion({ documentation }: RestApi, version: DocumentationVersion): DocumentationVersion {
  if (Object.hasOwn(documentation.versions, version.version)) {
    throw new AwsError('ConflictException', 'Documentation version already exists', 409);
  }
  documentation.versions[version.version] = version;
  return version;
}

const part = z.strictObject({
  RestApiId: string(),
  Location: z.strictObject({
    Type: z.enum(partTypes),
    Path: string().optional(),
    Method: string().optional(),
    StatusCode: string().optional(),
    Name: string().optional(),
  }),
  Properties: json(),
});
const version = z.strictObject({
  RestApiId: string(),
  DocumentationVersion: string(),
  Description: string().optional(),
});

/** `AWS::ApiGateway::DocumentationPart` and `AWS::ApiGateway::DocumentationVersion`. They do not affect requests. */
export function documentationResourceTypes(store: RestApiStore, clock: Clock): ResourceType[] {
  return [
    defineResource({
      type: 'AWS::ApiGateway::DocumentationPart',
      properties: part,
      replaceOn: ['RestApiId', 'Location'],
      create: (properties, { stackName, logicalId, generation = 0 }) => {
        const id = deriveId(6, properties.RestApiId, stackName, logicalId, String(generation));
        putPart(store.api(properties.RestApiId), readPart(id, properties));
        store.changed();
        return { physicalId: id, attributes: { DocumentationPartId: id } };
      },
      update: (properties, { state }) => {
        putPart(store.api(properties.RestApiId), readPart(state.physicalId, properties));
        store.changed();
        return state;
      },
      delete: ({ physicalId }, { RestApiId }) => {
        delete store.apis.get(RestApiId)?.documentation.parts[physicalId];
        store.changed();
      },
    }),
    defineResource({
      type: 'AWS::ApiGateway::DocumentationVersion',
      properties: version,
      replaceOn: ['RestApiId', 'DocumentationVersion'],
      create: ({ RestApiId, DocumentationVersion, Description }) => {
        putVersion(store.api(RestApiId), {
          version: DocumentationVersion,
          createdDate: clock.now(),
          ...(Description !== undefined && { description: Description }),
        });
        store.changed();
        return { physicalId: DocumentationVersion, attributes: {} };
      },
      update: ({ RestApiId, DocumentationVersion, Description }, { state }) => {
        const found = store.api(RestApiId).documentation.versions[DocumentationVersion];
        if (found !== undefined) found.description = Description;
        store.changed();
        return state;
      },
      delete: ({ physicalId }, { RestApiId }) => {
        delete store.apis.get(RestApiId)?.documentation.versions[physicalId];
        store.changed();
      },
    }),
  ];
}

function readPart(id: string, { Location, Properties }: z.infer<typeof part>): DocumentationPart {
  const { Type, Path, Method, StatusCode, Name } = Location;
  return {
    id,
    location: {
      type: Type,
      ...(Path !== undefined && { path: Path }),
      ...(Method !== undefined && { method: Method }),
      ...(StatusCode !== undefined && { statusCode: StatusCode }),
      ...(Name !== undefined && { name: Name }),
    },
    properties: typeof Properties === 'string' ? Properties : JSON.stringify(Properties),
  };
}
