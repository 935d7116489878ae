import type * as z from 'zod';
import type { AwsRequest } from '../../core/aws-api.ts';
import { AwsError } from '../../core/aws-error.ts';
import type { PathParameters } from '../../core/path-template.ts';
import { type RestRoute, restBody } from '../../core/rest-protocol.ts';
import type { ApiChanges } from './change-api.ts';
import { list, merge, newId, parse } from './control-input.ts';
import type { HttpApiStore } from './http-api-store.ts';
import { authorizerInputSchema, integrationInputSchema, routeInputSchema, stageInputSchema } from './model.ts';

/** How one part of an API is reached: `/v2/apis/{apiId}/<part>/{id}`. */
type PartDefinition = {
  readonly part: 'routes' | 'integrations' | 'authorizers' | 'stages';
  /** @returns the id of what was made */
  readonly create: (apiId: string, request: AwsRequest) => string;
  readonly update: (apiId: string, id: string, request: AwsRequest) => void;
};

/** Calls about routes, integrations, authorizers and stages. */
export function partRoutes({ store, changes }: { store: HttpApiStore; changes: ApiChanges }): RestRoute[] {
  /** Of a part that is known by an id of so many characters. */
  const partWithId = <Shape extends z.ZodRawShape>(
    part: PartDefinition['part'],
    length: number,
    schema: z.ZodObject<Shape>,
    put: (apiId: string, id: string, input: z.output<z.ZodObject<Shape>>) => void,
  ): PartDefinition => ({
    part,
    create: (apiId, request) => {
      const id = newId(length);
      put(apiId, id, parse(schema, restBody(request)));
      return id;
    },
    update: (apiId, id, request) => put(apiId, id, merge(schema, store.getPart(apiId, part, id), request)),
  });
  const definitions: PartDefinition[] = [
    partWithId('routes', 7, routeInputSchema, (...route) => changes.putRoute(...route)),
    partWithId('integrations', 7, integrationInputSchema, (...part) => changes.putIntegration(...part)),
    partWithId('authorizers', 6, authorizerInputSchema, (...part) => changes.putAuthorizer(...part)),
    {
      part: 'stages',
      create: (apiId, request) => {
        const input = parse(stageInputSchema, restBody(request));
        if (store.get(apiId).stages.some(({ stageName }) => stageName === input.stageName)) {
          throw new AwsError('ConflictException', `Stage already exists: ${input.stageName}`, 409);
        }
        changes.putStage(apiId, input);
        return input.stageName;
      },
      update: (apiId, id, request) =>
        changes.putStage(apiId, merge(stageInputSchema, store.getPart(apiId, 'stages', id), request)),
    },
  ];
  return definitions.flatMap(({ part, create, update }): RestRoute[] => {
    const path = `/v2/apis/{apiId}/${part}`;
    return [
      { method: 'GET', path, handle: (_, { apiId = '' }) => list(store.get(apiId)[part]) },
      {
        method: 'POST',
        path,
        handle: (request, { apiId = '' }) => {
          const id = create(apiId, request);
          return { status: 201, body: store.getPart(apiId, part, id) };
        },
      },
      { method: 'GET', path: `${path}/{id}`, handle: (_, p) => ({ body: store.getPart(...idsOf(p, part)) }) },
      {
        method: 'PATCH',
        path: `${path}/{id}`,
        handle: (request, { apiId = '', id = '' }) => {
          update(apiId, id, request);
          return { body: store.getPart(apiId, part, id) };
        },
      },
      {
        method: 'DELETE',
        path: `${path}/{id}`,
        handle: (_, { apiId = '', id = '' }) => {
          store.getPart(apiId, part, id);
          store.deletePart(apiId, part, id);
          return { status: 204 };
        },
      },
    ];
  });
}

function idsOf<P>({ apiId = '', id = '' }: PathParameters, part: P): [string, P, string] {
  return [apiId, part, id];
}
