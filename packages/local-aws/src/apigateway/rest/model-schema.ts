import { AwsError } from '../../core/aws-error.ts';
import { isJsonObject, type JsonValue } from '../../core/json.ts';

/** Where the validator keeps a model. */
export function modelKey(name: string): string {
  return `https://models/${name}`;
}

/** JSON Schema draft 4 without what API Gateway does not take. */
const keywords = new Set(
  'id $schema $ref title description multipleOf maximum exclusiveMaximum minimum maxLength minLength pattern additionalItems items maxItems minItems uniqueItems maxProperties minProperties required additionalProperties definitions properties patternProperties dependencies enum type format allOf anyOf oneOf not'.split(
    ' ',
  ),
);

/** Where a schema holds schemas by names of its own. */
const schemaMaps = new Set(['properties', 'patternProperties', 'definitions']);

/** @throws AwsError naming the keywords that API Gateway refuses in a model */
export function checkModelSchema(name: string, schema: JsonValue): void {
  const unsupported = [...new Set(unknownKeywords(schema))];
  if (unsupported.length === 0) return;
  throw new AwsError(
    'BadRequestException',
    `Invalid model specified: Validation Result: warnings : [], errors : [Invalid model schema specified. Unsupported keyword(s): ${JSON.stringify(unsupported)}] (model ${name})`,
  );
}

function unknownKeywords(schema: JsonValue | undefined): string[] {
  if (Array.isArray(schema)) return schema.flatMap(unknownKeywords);
  if (!isJsonObject(schema)) return [];
  return Object.entries(schema).flatMap(([keyword, value]) => {
    if (keyword.startsWith('x-')) return [];
    if (!keywords.has(keyword)) return [keyword];
    if (keyword === 'enum' || keyword === 'required') return [];
    if (keyword === 'dependencies' || schemaMaps.has(keyword)) {
      return isJsonObject(value)
        ? Object.values(value).flatMap((inner) => (Array.isArray(inner) ? [] : unknownKeywords(inner)))
        : [];
    }
    return unknownKeywords(value);
  });
}

const modelReference =
  /^(?:#\/components\/schemas\/|#\/definitions\/(?!.*\/)|https:\/\/apigateway\.amazonaws\.com\/restapis\/[^/]+\/models\/)([A-Za-z0-9]+)(.*)$/;

/**
 * The schema as the validator takes it: references lead to the other models, and `minItems` and `maxItems` go, which
 * API Gateway does not check.
 */
export function rewriteModelSchema(schema: JsonValue): object {
  const own = isJsonObject(schema) && isJsonObject(schema.definitions) ? Object.keys(schema.definitions) : [];
  const rewritten = rewrite(schema, new Set(own));
  return isJsonObject(rewritten) ? rewritten : {};
}

function rewrite(schema: JsonValue, own: ReadonlySet<string>): JsonValue {
  if (Array.isArray(schema)) return schema.map((item) => rewrite(item, own));
  if (!isJsonObject(schema)) return schema;
  return Object.fromEntries(
    Object.entries(schema).flatMap(([keyword, value]): [string, JsonValue][] => {
      if (keyword === 'minItems' || keyword === 'maxItems') return [];
      if (keyword === '$schema' || keyword === 'id')
        return typeof value === 'string' ? [] : [[keyword, rewrite(value, own)]];
      if (keyword === '$ref' && typeof value === 'string') return [['$ref', rewriteReference(value, own)]];
      if (keyword === 'enum') return [[keyword, value]];
      return [[keyword, rewrite(value, own)]];
    }),
  );
}

function rewriteReference(reference: string, own: ReadonlySet<string>): string {
  const [, name = '', rest = ''] = modelReference.exec(reference) ?? [];
  if (name === '' || (reference.startsWith('#/definitions/') && own.has(name))) return reference;
  return `${modelKey(name)}${rest === '' ? '' : `#${rest}`}`;
}
