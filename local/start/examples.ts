import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import * as z from 'zod';
import type { ServiceListing } from './services.ts';

const operation = z.looseObject({
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
 * Curl lines to try first, for the first service whose `openapi/<name>.yml` has a POST with an example: that one, and
 * a GET without parameters of each other service that has one.
 */
export function exampleRequests(root: string, services: readonly ServiceListing[]): readonly string[] {
  const lines: { readonly create: string | undefined; readonly read: string | undefined }[] = services.flatMap(
    ({ name, endpoint }) => {
      const file = join(root, 'openapi', `${name}.yml`);
      if (endpoint === undefined || !existsSync(file)) return [];
      const paths = Object.entries(document.parse(parse(readFileSync(file, 'utf8'))).paths);
      const post = paths.find(([path, item]) => !path.includes('{') && exampleBody(item.post) !== undefined);
      const get = paths.find(([path, item]) => !path.includes('{') && item.get !== undefined);
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
  const create = lines.find((line) => line.create !== undefined)?.create;
  const read = lines.findLast((line) => line.read !== undefined)?.read;
  return [create, read].filter((line) => line !== undefined);
}

function exampleBody(post: z.infer<typeof operation> | undefined): unknown {
  const content = post?.requestBody?.content['application/json'];
  return content?.example ?? Object.values(content?.examples ?? {})[0]?.value;
}

/** As one word of a POSIX shell. */
function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
