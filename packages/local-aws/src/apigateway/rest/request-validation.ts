import { AwsError } from '../../core/aws-error.ts';
import { decodeSegment } from '../../core/decode-segment.ts';
import type { JsonValue } from '../../core/json.ts';
import { PatternError } from '../../core/linear-pattern.ts';
import type { ApiDefinition, Method } from './api-definition.ts';
import { type Exchange, headerOf } from './exchange.ts';
import { GatewayError } from './gateway-error.ts';
import { mediaTypeOf } from './media-types.ts';
import { modelKey, rewriteModelSchema } from './model-schema.ts';
import { createSchemaEngine } from './schema-engine.ts';

/** @throws GatewayError 400 for a request that its validator does not let through */
export type ValidateRequest = (exchange: Exchange) => void;

type CheckBody = (body: Buffer) => readonly string[];
/** Checks a body against a model by name; nothing in the list means that it fits. */
export type ModelChecker = (model: string) => CheckBody;

/** All faults of bodies up to this size are reported; a larger one could have millions. */
const maxExplainedBytes = 64 * 1024;

/** Makes the models of an API ready for validation, one compilation for each, when first asked for. */
export function createModelChecker(models: ApiDefinition['models']): ModelChecker {
  const explaining = createSchemaEngine(true);
  const brief = createSchemaEngine(false);
  for (const { name, schema } of Object.values(models)) {
    for (const engine of [explaining, brief]) engine.addSchema(rewriteModelSchema(schema), modelKey(name));
  }
  const compile = (engine: typeof brief, model: string) => {
    try {
      return engine.getSchema(modelKey(model));
    } catch (error) {
      if (!(error instanceof PatternError)) throw error;
      throw new AwsError('BadRequestException', `Invalid model specified: ${error.message} (model ${model})`);
    }
  };
  return (model) => {
    const [explain, check] = [compile(explaining, model), compile(brief, model)];
    if (explain === undefined || check === undefined)
      throw new AwsError('NotFoundException', `Invalid model identifier specified: ${model}`, 404);
    return (body) => {
      const validate = body.length > maxExplainedBytes ? check : explain;
      const value = parseBody(body);
      try {
        return validate(value) === true ? [] : (validate.errors ?? []).map(describe);
      } catch (error) {
        if (error instanceof PatternError) return [error.message];
        if (error instanceof RangeError) return ['the body is nested too deeply'];
        throw error;
      }
    };
  };
}

function describe({
  instancePath,
  message = '',
  params,
}: {
  instancePath: string;
  message?: string;
  params: object;
}): string {
  const extra = 'additionalProperty' in params ? ` (${String(params.additionalProperty)})` : '';
  return `${instancePath === '' ? 'object' : instancePath.slice(1).replaceAll('/', '.')} ${message}${extra}`;
}

/** What the method's request validator checks; undefined when it checks nothing. */
export function compileValidation(
  method: Method,
  definition: ApiDefinition,
  checkerOf: ModelChecker,
): ValidateRequest | undefined {
  const validator = definition.requestValidators[method.requestValidatorId ?? ''];
  if (validator === undefined) return undefined;
  const required = Object.entries(method.requestParameters).flatMap(([name, isRequired]) => (isRequired ? [name] : []));
  const bodies = new Map(
    Object.entries(method.requestModels).map(([type, model]) => [mediaTypeOf(type), checkerOf(model)]),
  );
  return (exchange) => {
    if (validator.validateRequestParameters) checkParameters(required, exchange);
    if (validator.validateRequestBody && bodies.size > 0) checkBody(bodies, exchange);
  };
}

/** A blank parameter counts as missing. */
function checkParameters(required: readonly string[], exchange: Exchange): void {
  const missing = required.flatMap((parameter) => {
    const [, place, name = ''] = /^method\.request\.(header|querystring|path)\.(.+)$/.exec(parameter) ?? [];
    return (readParameter(place, name, exchange) ?? '').trim() === '' ? [name] : [];
  });
  if (missing.length === 0) return;
  throw new GatewayError('BAD_REQUEST_PARAMETERS', `Missing required request parameters: [${missing.join(', ')}]`);
}

function readParameter(place: string | undefined, name: string, exchange: Exchange): string | undefined {
  if (place === 'header') return headerOf(exchange, name);
  if (place === 'querystring') return exchange.query.get(name)?.values.at(-1);
  const segment = exchange.resource?.parameters[name];
  return segment === undefined ? undefined : decodeSegment(segment);
}

/** The model for the content type, or `$default`; a type without a model is not checked. */
function checkBody(bodies: ReadonlyMap<string, CheckBody>, exchange: Exchange): void {
  const type = mediaTypeOf(headerOf(exchange, 'content-type')) || 'application/json';
  const check = bodies.get(type) ?? bodies.get('$default');
  if (check === undefined) return;
  const errors = check(exchange.body);
  if (errors.length > 0)
    throw new GatewayError('BAD_REQUEST_BODY', 'Invalid request body', { validationErrors: errors });
}

function parseBody(body: Buffer): JsonValue {
  try {
    return body.length === 0 ? {} : JSON.parse(body.toString());
  } catch {
    throw new GatewayError('BAD_REQUEST_BODY', 'Invalid request body', { validationErrors: ['the body is not JSON'] });
  }
}
