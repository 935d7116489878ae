import { AwsError } from '../../core/aws-error.ts';
import type { JsonValue } from '../../core/json.ts';
import type { ApiDefinition, Method, Resource } from './api-definition.ts';
import type { Authorize, CompileAuthorization } from './authorize.ts';
import { compileIntegration, type Integrate, type IntegrationPorts } from './integrate.ts';
import { compileValidation, createModelChecker, type ValidateRequest } from './request-validation.ts';
import { type CheckPolicy, compileResourcePolicy } from './resource-policy.ts';
import { createRouter, type PathMatch } from './router.ts';

export type CompiledMethod = {
  readonly method: Method;
  readonly authorize: Authorize | undefined;
  readonly validate: ValidateRequest | undefined;
  readonly integrate: Integrate;
};
type CompiledResource = { readonly resource: Resource; readonly methods: ReadonlyMap<string, CompiledMethod> };

/** A deployment's snapshot made ready to serve: nothing is parsed or looked up by name for a request any more. */
export type CompiledApi = {
  readonly definition: ApiDefinition;
  readonly match: (path: string) => PathMatch<CompiledResource> | undefined;
  readonly checkPolicy: CheckPolicy | undefined;
};

export type CompilePorts = IntegrationPorts & { readonly authorizationOf: CompileAuthorization };

/** @throws AwsError naming what keeps the API from being deployed */
export function compileApi(definition: ApiDefinition, ports: CompilePorts): CompiledApi {
  const checkerOf = createModelChecker(definition.models);
  const resources = Object.values(definition.resources);
  if (resources.every(({ methods }) => Object.keys(methods).length === 0)) {
    throw new AwsError('BadRequestException', "The REST API doesn't contain any methods");
  }
  const compiled = resources.map((resource): [string, CompiledResource] => [
    resource.path,
    {
      resource,
      methods: new Map(
        Object.entries(resource.methods).map(([name, method]) => [
          name,
          {
            method,
            authorize: ports.authorizationOf(method, definition),
            validate: compileValidation(method, definition, checkerOf),
            integrate: compileMethod(resource, method, definition, ports),
          },
        ]),
      ),
    },
  ]);
  const policy: JsonValue | undefined = definition.policy;
  return {
    definition,
    match: createRouter(compiled.filter(([, { methods }]) => methods.size > 0)),
    checkPolicy: policy === undefined ? undefined : compileResourcePolicy(policy),
  };
}

function compileMethod(
  resource: Resource,
  method: Method,
  definition: ApiDefinition,
  ports: IntegrationPorts,
): Integrate {
  const place = `${method.httpMethod} ${resource.path}`;
  if (method.integration === undefined) {
    throw new AwsError('BadRequestException', `No integration defined for method ${place}`);
  }
  try {
    return compileIntegration(method, method.integration, definition, ports);
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    throw new AwsError(error.code, `${place}: ${error.message}`, error.status);
  }
}
