import Ajv from 'ajv-draft-04';
import addFormats from 'ajv-formats';
import { LinearPattern } from '../../core/linear-pattern.ts';

/** The formats' expressions are not all linear; no value of theirs is longer, URLs included. */
const maxFormatLength = 2048;

/**
 * A JSON Schema engine that takes no longer than in proportion to the body, whatever the schema's patterns are.
 * @param allErrors finds every fault of a body, where otherwise the first one ends the validation
 */
export function createSchemaEngine(allErrors: boolean): InstanceType<typeof Ajv.default> {
  const ajv = new Ajv.default({
    strict: false,
    allErrors,
    validateFormats: true,
    logger: false,
    code: { regExp: schemaPattern },
  });
  addFormats.default(ajv);
  for (const [name, format] of Object.entries(ajv.formats)) {
    if (!(format instanceof RegExp)) continue;
    ajv.addFormat(name, (text: string) => text.length <= maxFormatLength && format.test(text));
  }
  // The engine's own check compares every two objects of an array.
  ajv.removeKeyword('uniqueItems');
  ajv.addKeyword({
    keyword: 'uniqueItems',
    type: 'array',
    schemaType: 'boolean',
    validate: (isUnique: boolean, items: readonly unknown[]) =>
      !isUnique || new Set(items.map(canonicalJson)).size === items.length,
    error: { message: 'must NOT have duplicate items' },
  });
  return ajv;
}

const schemaPattern = Object.assign((pattern: string) => LinearPattern.compileScript(pattern), {
  code: 'schemaPattern',
});

/** Equal for values that are equal, whatever the order of their members. */
function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
