import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import * as z from 'zod';
import type { ServiceListing } from './services.ts';

const operation = z.looseObject({
  parameters: z.array(z.looseObject({ required: z.boolean().default(false) })).default([]),
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
const document = z.looseObject({
  paths: z.record(z.string(), z.looseObject({ get: operation.optional(), post: operation.optional() })),
});

/**
 * Two curl lines to try first: the example POST of the first service whose `openapi/<name>.yml` has one, and a GET that
 * needs no parameters, of another service if there is one.
 */
export function exampleRequests(root: string, services: readonly ServiceListing[]): readonly string[] {
  const lines: { readonly create: string | undefined; readonly read: string | undefined }[] = services.flatMap(
    ({ name, endpoint }) => {
      const file = join(root, 'openapi', `${name}.yml`);
      if (endpoint === undefined || !existsSync(file)) return [];
      const paths = Object.entries(document.parse(parse(readFileSync(file, 'utf8'))).paths);
      const post = paths.find(([path, item]) => !path.includes('{') && exampleBody(item.post) !== undefined);
      const get = paths.find(
        ([path, { get }]) => !path.includes('{') && get?.parameters.every(({ required }) => !required) === true,
      );
      return [
        {
          create:
            post &&
            `curl -X POST ${quote(endpoint + post[0])} -H 'content-type: application/json' -d ${quote(JSON.stringify(exampleBody(post[1].post)))}`,
          read: get && `curl ${quote(endpoint + get[0])}`,
        },
      ];
    },
  );
  const create = lines.find((line) => line.create !== undefined);
  const read = lines.find((line) => line !== create && line.read !== undefined) ?? create;
  return [create?.create, read?.read].filter((line) => line !== undefined);
}

function exampleBody(post: z.infer<typeof operation> | undefined): unknown {
  const content = post?.requestBody?.content['application/json'];
  return content?.example ?? Object.values(content?.examples ?? {})[0]?.value;
}

/** As one word of a POSIX shell. */
function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
