import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import * as z from 'zod';
import { readProject } from '#tools/dev/project.ts';

const route = z.looseObject({ method: z.string(), path: z.string(), authorizer: z.string() });
const event = z.looseObject({ http: route.optional(), httpApi: route.optional() });
const serviceFile = z.object({
  functions: z.record(z.string(), z.looseObject({ events: z.array(event).default([]) })).default({}),
});

const methods = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace'];
const specificationFile = z.object({ paths: z.record(z.string(), z.record(z.string(), z.unknown())) });
const operation = z.looseObject({
  security: z.tuple([z.strictObject({}), z.strictObject({ bearer: z.tuple([z.string()]) })]),
});

const read = (file: string): unknown => parse(readFileSync(file, 'utf8'), { logLevel: 'silent', merge: true });

/** The routes of a service, as `get /tasks tasks/read`. */
function readRoutes(name: string, file: string): readonly string[] {
  return Object.values(serviceFile.parse(read(file)).functions)
    .flatMap(({ events }) => events.flatMap((each) => each.http ?? each.httpApi ?? []))
    .map(({ method, path, authorizer }) => `${method.toLowerCase()} ${path} ${name}/${authorizer}`);
}

/** The operations of a specification, in the same form. */
function readOperations(name: string, file: string): readonly string[] {
  return Object.entries(specificationFile.parse(read(file)).paths).flatMap(([path, item]) =>
    methods
      .filter((method) => method in item)
      .map((method) => {
        const { data } = operation.safeParse(item[method]);
        const what = `security: [{}, { bearer: [${name}/…] }]`;
        if (data === undefined)
          throw new Error(`${file}: ${method} ${path} does not say which scope it asks for: ${what}`);
        return `${method} ${path} ${data.security[1].bearer[0]}`;
      }),
  );
}

const poolFile = join('services', 'platform', 'user-pool.yml');
const pool = z
  .object({ Resources: z.record(z.string(), z.looseObject({ Type: z.string(), Properties: z.unknown() })) })
  .parse(read(poolFile));
const resourceServer = z.object({ Identifier: z.string(), Scopes: z.array(z.object({ ScopeName: z.string() })) });
const poolScopes = Object.values(pool.Resources)
  .filter(({ Type }) => Type === 'AWS::Cognito::UserPoolResourceServer')
  .map(({ Properties }) => resourceServer.parse(Properties))
  .flatMap(({ Identifier, Scopes }) => Scopes.map(({ ScopeName }) => `${Identifier}/${ScopeName}`));

describe('the routes of a service ask for the scopes that its specification tells:', () => {
  for (const { name, path } of readProject('.')) {
    it(name, () => {
      const routes = readRoutes(name, join(path, 'serverless.yml'));
      // The specification of users-async is its API: there are no routes beside it.
      if (routes.length === 0) return;
      const specification = join('openapi', `${name}.yml`);
      if (!existsSync(specification)) throw new Error(`${name} has routes and no specification: ${specification}`);
      expect(routes.toSorted()).toStrictEqual(readOperations(name, specification).toSorted());
      const missing = routes.map((each) => each.split(' ').at(-1) ?? '').filter((scope) => !poolScopes.includes(scope));
      if (missing.length > 0) throw new Error(`${poolFile} has no scope ${missing.join(', ')}, which ${name} asks for`);
    });
  }
});
