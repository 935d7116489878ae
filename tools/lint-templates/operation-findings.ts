import * as z from 'zod';
import type { ApiOptions } from './api-options.ts';
import type { Finding } from './finding.ts';

const operation = z.looseObject({
  responses: z.unknown(),
  security: z.array(z.record(z.string(), z.array(z.string()))).optional(),
});
const bodySchema = z.object({
  paths: z.record(z.string(), z.record(z.string(), z.unknown())),
  components: z.object({ securitySchemes: z.record(z.string(), z.unknown()).default({}) }),
});
const authTypes = { jwt: 'custom', cognito: 'cognito_user_pools', lambda: 'custom', iam: 'awsSigv4' };

/** Checks that each operation of an imported API asks of its callers what the options say. */
export function operationFindings(logicalId: string, body: unknown, options: ApiOptions): readonly Finding[] {
  const { paths, components } = bodySchema.parse(body);
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(([method, value]) => {
      const { data } = operation.safeParse(value);
      if (data?.responses === undefined || method === 'options') return [];
      const schemes = (data.security ?? []).flatMap((requirement) => Object.keys(requirement));
      const types = schemes.map((scheme) => schemeType.safeParse(components.securitySchemes[scheme]).data);
      const expected = options.auth === 'none' ? [] : [authTypes[options.auth]];
      const scopes = (data.security ?? []).flatMap((requirement) => Object.values(requirement).flat());
      const isAsked =
        isSame(
          types.filter((type) => type !== apiKey),
          expected,
        ) &&
        types.includes(apiKey) === options.apiKeyRequired &&
        (options.auth !== 'cognito' || scopes.length > 0);
      if (isAsked) return [];
      const message = `This asks of its callers for ${types.join(', ') || 'nothing'}.`;
      return [{ logicalId, path: `Properties.Body.paths.${path}.${method}.security`, rule: 'authorization', message }];
    }),
  );
}

const apiKey = 'x-api-key';
const schemeType = z.union([
  z
    .object({ 'x-amazon-apigateway-authtype': z.string() })
    .transform((scheme) => scheme['x-amazon-apigateway-authtype']),
  z.object({ type: z.literal('apiKey'), name: z.literal(apiKey) }).transform(({ name }) => name),
]);

function isSame(left: readonly unknown[], right: readonly unknown[]): boolean {
  return left.length === right.length && left.every((item, index) => item === right[index]);
}
