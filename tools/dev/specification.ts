import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import * as z from 'zod';

const operation = z.looseObject({
  parameters: z.array(z.looseObject({ required: z.boolean().default(false) })).default([]),
  security: z.array(z.record(z.string(), z.array(z.string()))).default([]),
  requestBody: z
    .object({
      content: z.record(
        z.string(),
        z.looseObject({
          example: z.unknown().optional(),
          examples: z.record(z.string(), z.looseObject({ value: z.unknown() })).optional(),
        }),
      ),
    })
    .optional()
    .catch(undefined),
});
const pathItem = z.looseObject({ get: operation.optional(), post: operation.optional() });
const document = z.looseObject({ paths: z.record(z.string(), pathItem) });

export type Operation = z.infer<typeof operation>;

/** The paths of `openapi/<service>.yml`; none where there is no such file. */
export function readPaths(root: string, service: string): Readonly<Record<string, z.infer<typeof pathItem>>> {
  const file = join(root, 'openapi', `${service}.yml`);
  return existsSync(file) ? document.parse(parse(readFileSync(file, 'utf8'))).paths : {};
}

/** Whether a GET of a fixed path answers without parameters; true where nothing is specified. */
export function needsNoParameters(operation: Operation | undefined): boolean {
  return operation?.parameters.every(({ required }) => !required) ?? true;
}
