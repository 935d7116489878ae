import * as z from 'zod';

/** The properties of a resource type by path: `Code.S3Bucket`, `Policies[].PolicyName`; with the value if only one will do. */
export type PropertyList = {
  readonly supported: readonly string[];
  /** Accepted and without effect here. */
  readonly inert: readonly string[];
};

type Found = { readonly path: string; readonly isInert: boolean };

/** Reads the properties from the schema that checks them, so that what is documented is what is done. */
export function listProperties(schema: z.core.$ZodType): PropertyList {
  const found = walk(schema, '');
  return {
    supported: found.filter(({ isInert }) => !isInert).map(({ path }) => path),
    inert: found.filter(({ isInert }) => isInert).map(({ path }) => path),
  };
}

/** @param path of the value that `schema` is for; empty for the properties as a whole */
function walk(schema: z.core.$ZodType, path: string): Found[] {
  const { inert = false, only } = z.globalRegistry.get(schema) ?? {};
  if (inert === true) return [{ path, isInert: true }];
  if (only !== undefined) return [{ path: `${path}=${only}`, isInert: false }];
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable) return walk(schema.unwrap(), path);
  // A template holds what is taken in, whatever is made of it; an open beginning says nothing, as in z.preprocess.
  if (schema instanceof z.ZodPipe) {
    const isOpen = schema.in instanceof z.ZodTransform || schema.out instanceof z.ZodLiteral;
    return walk(isOpen ? schema.out : schema.in, path);
  }
  // Nothing will do, or no element of a list.
  if (schema instanceof z.ZodNever) return [];
  if (schema instanceof z.ZodLiteral) return [{ path: `${path}=${[...schema.values].join('|')}`, isInert: false }];
  if (schema instanceof z.ZodArray) return parts(schema.element, path, `${path}[]`);
  if (schema instanceof z.ZodRecord) return parts(schema.valueType, path, `${path}.*`);
  if (schema instanceof z.ZodObject) {
    const prefix = path === '' ? '' : `${path}.`;
    return Object.entries(schema.shape).flatMap(([name, property]) => walk(property, prefix + name));
  }
  return [{ path, isInert: false }];
}

/** A list or map of plain values is one property; one of objects is what these have. */
function parts(element: z.core.$ZodType, path: string, elementPath: string): Found[] {
  const found = walk(element, elementPath);
  const isPlain = found.length === 1 && found[0]?.path === elementPath;
  return isPlain ? [{ path, isInert: false }] : found;
}
