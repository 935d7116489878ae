import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { parse } from 'yaml';
import * as z from 'zod';

const route = z.object({ method: z.string(), path: z.string(), authorizer: z.string() });
const functions = z.record(
  z.string(),
  z.object({ events: z.array(z.looseObject({ http: route.optional(), httpApi: route.optional() })).default([]) }),
);
// Those of REST APIs come after the authorizer's own function, which is included from a file.
const service = z.object({
  functions: z.union([z.tuple([z.string(), functions]).transform(([, own]) => own), functions]),
});
const operation = z.looseObject({
  security: z.tuple([z.strictObject({}), z.strictObject({ bearer: z.tuple([z.string()]) })]),
});
const specification = z.object({
  paths: z.record(
    z.string(),
    z
      .record(z.string(), z.unknown())
      .transform((item) =>
        ['get', 'post', 'put', 'delete'].flatMap((method) =>
          item[method] === undefined ? [] : [{ method, ...operation.parse(item[method]) }],
        ),
      ),
  ),
});

const read = (file: string): unknown => parse(readFileSync(file, 'utf8'), { logLevel: 'silent', merge: true });

for (const name of ['tasks', 'planner', 'friends', 'users', 'orders', 'products']) {
  test(`the routes of ${name} ask for the scopes that its specification tells`, () => {
    const routes = Object.values(service.parse(read(`services/${name}/serverless.yml`)).functions)
      .flatMap(({ events }) => events.flatMap(({ http, httpApi }) => http ?? httpApi ?? []))
      .map(({ method, path, authorizer }) => {
        const [, scope] = /-authorizers\.yml\):\$\{param:auth\}\.(\w+), null\}$/.exec(authorizer) ?? [];
        return `${method.toLowerCase()} ${path} ${name}/${scope}`;
      });
    const operations = Object.entries(specification.parse(read(`openapi/${name}.yml`)).paths).flatMap(([path, item]) =>
      item.map(({ method, security }) => `${method} ${path} ${security[1].bearer[0]}`),
    );
    assert.deepEqual(routes.sort(), operations.sort());
  });
}
