import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import type { AwsRequest } from '../../core/aws-api.ts';
import { AwsError } from '../../core/aws-error.ts';
import { deriveId } from '../../core/derive-id.ts';
import { type RestRoute, restBody } from '../../core/rest-protocol.ts';
import type { ApiDefinition, Authorizer, Model, RequestValidator } from './api-definition.ts';
import { addModel, makeAuthorizer, makeModel } from './api-parts.ts';
import { page, parse, patchesOf, replaceMembers } from './control-input.ts';
import { own, type RestApiStore } from './rest-api-store.ts';
import { authorizerView } from './views.ts';

/** A kind of part of an API: `/restapis/{apiId}/<segment>/{id}`. */
type PartKind<P> = {
  readonly segment: string;
  /** What AWS says when there is no such part. */
  readonly missing: (id: string) => string;
  readonly partsOf: (definition: ApiDefinition) => Record<string, P>;
  readonly create: (definition: ApiDefinition, request: AwsRequest) => P;
  /** @returns the part as the operations leave it */
  readonly update: (part: P, request: AwsRequest) => P;
  readonly view: (part: P) => object;
  /** @throws AwsError for a part that is in use */
  readonly checkUnused?: (definition: ApiDefinition, part: P) => void;
};

/** Calls about models, request validators and authorizers. */
export function partRoutes(store: RestApiStore): RestRoute[] {
  return [...routesOfPart(store, models), ...routesOfPart(store, validators), ...routesOfPart(store, authorizers)];
}

function routesOfPart<P>(store: RestApiStore, kind: PartKind<P>): RestRoute[] {
  const path = `/restapis/{apiId}/${kind.segment}`;
  const found = (apiId: string, id: string) => {
    const definition = store.apis.get(apiId)?.definition;
    const part = definition && own(kind.partsOf(definition), id);
    if (part === undefined) throw new AwsError('NotFoundException', kind.missing(id), 404);
    return { definition: store.api(apiId).definition, part };
  };
  return [
    {
      method: 'GET',
      path,
      handle: ({ query }, { apiId = '' }) =>
        page(Object.values(kind.partsOf(store.api(apiId).definition)).map(kind.view), query),
    },
    {
      method: 'POST',
      path,
      handle: (request, { apiId = '' }) => {
        const part = kind.create(store.api(apiId).definition, request);
        store.changed();
        return { status: 201, body: kind.view(part) };
      },
    },
    {
      method: 'GET',
      path: `${path}/{id}`,
      handle: (_, { apiId = '', id = '' }) => ({ body: kind.view(found(apiId, id).part) }),
    },
    {
      method: 'PATCH',
      path: `${path}/{id}`,
      handle: (request, { apiId = '', id = '' }) => {
        const { definition, part } = found(apiId, id);
        const updated = kind.update(part, request);
        kind.partsOf(definition)[id] = updated;
        store.changed();
        return { body: kind.view(updated) };
      },
    },
    {
      method: 'DELETE',
      path: `${path}/{id}`,
      handle: (_, { apiId = '', id = '' }) => {
        const { definition, part } = found(apiId, id);
        kind.checkUnused?.(definition, part);
        delete kind.partsOf(definition)[id];
        store.changed();
        return { status: 202 };
      },
    },
  ];
}

const modelInput = z.object({
  name: z.string(),
  contentType: z.string(),
  description: z.string().optional(),
  schema: z.string().optional(),
});

const models: PartKind<Model> = {
  segment: 'models',
  missing: (name) => `Invalid model name specified: ${name}`,
  partsOf: (definition) => definition.models,
  create: (definition, request) => {
    const model = makeModel({ id: newId(), ...parse(modelInput, restBody(request)) });
    addModel(definition, model);
    return model;
  },
  update: (model, request) => {
    const draft = { ...model, schema: JSON.stringify(model.schema) };
    replaceMembers(patchesOf(request, 'updateModel'), {
      '/description': (value) => {
        draft.description = value;
      },
      '/schema': (value) => {
        draft.schema = value;
      },
    });
    return makeModel(draft);
  },
  view: ({ schema, ...model }) => ({ ...model, schema: JSON.stringify(schema) }),
  checkUnused: ({ resources }, { name }) => {
    for (const { path, methods } of Object.values(resources)) {
      for (const { httpMethod, requestModels } of Object.values(methods)) {
        if (!Object.values(requestModels).includes(name)) continue;
        const user = `${path}/${httpMethod}`;
        throw new AwsError(
          'ConflictException',
          `Cannot delete model '${name}', is referenced in method request: ${user}`,
          409,
        );
      }
    }
  },
};

const validatorInput = z.object({
  name: z.string().optional(),
  validateRequestBody: z.boolean().default(false),
  validateRequestParameters: z.boolean().default(false),
});

const validators: PartKind<RequestValidator> = {
  segment: 'requestvalidators',
  missing: () => 'Invalid Request Validator identifier specified',
  partsOf: ({ requestValidators }) => requestValidators,
  create: ({ requestValidators }, request) => {
    const validator = { id: newId(), ...parse(validatorInput, restBody(request)) };
    requestValidators[validator.id] = validator;
    return validator;
  },
  update: (validator, request) => {
    const draft = { ...validator };
    replaceMembers(patchesOf(request, 'updateRequestValidator'), {
      '/name': (value) => {
        if (value === '') throw new AwsError('BadRequestException', 'Request Validator name cannot be blank');
        draft.name = value;
      },
      '/validateRequestParameters': (value) => {
        draft.validateRequestParameters = value === 'true';
      },
      '/validateRequestBody': (value) => {
        draft.validateRequestBody = value === 'true';
      },
    });
    return draft;
  },
  view: (validator) => ({ ...validator }),
};

const authorizerInput = z.strictObject({
  name: z.string(),
  type: z.enum(['TOKEN', 'REQUEST', 'COGNITO_USER_POOLS']),
  providerARNs: z.array(z.string()).optional(),
  authType: z.string().optional(),
  authorizerUri: z.string().optional(),
  authorizerCredentials: z.string().optional(),
  identitySource: z.string().optional(),
  identityValidationExpression: z.string().optional(),
  authorizerResultTtlInSeconds: z.number().min(0).max(3600).optional(),
});

const authorizers: PartKind<Authorizer> = {
  segment: 'authorizers',
  missing: () => 'Invalid Authorizer identifier specified',
  partsOf: (definition) => definition.authorizers,
  create: (definition, request) => {
    const {
      providerARNs,
      authorizerResultTtlInSeconds,
      authType: _,
      ...input
    } = parse(authorizerInput, restBody(request));
    const authorizer = makeAuthorizer({
      ...input,
      id: newId(),
      providerArns: providerARNs,
      resultTtlInSeconds: authorizerResultTtlInSeconds,
    });
    definition.authorizers[authorizer.id] = authorizer;
    return authorizer;
  },
  update: (authorizer, request) => {
    const draft = { ...authorizer };
    replaceMembers(patchesOf(request, 'updateAuthorizer'), {
      '/name': (value) => {
        draft.name = value;
      },
      '/authorizerUri': (value) => {
        draft.authorizerUri = value;
      },
      '/authorizerCredentials': (value) => {
        draft.authorizerCredentials = value;
      },
      '/identitySource': (value) => {
        draft.identitySource = value;
      },
      '/identityValidationExpression': (value) => {
        draft.identityValidationExpression = value;
      },
      '/authorizerResultTtlInSeconds': (value) => {
        draft.resultTtlInSeconds = parse(authorizerInput.shape.authorizerResultTtlInSeconds, Number(value)) ?? 300;
      },
    });
    return makeAuthorizer(draft);
  },
  view: authorizerView,
};

function newId(): string {
  return deriveId(6, randomUUID());
}
