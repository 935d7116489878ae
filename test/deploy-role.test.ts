import { readFileSync } from 'node:fs';
import { RegoEngine } from '@aws/cloudformation-validate';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import * as z from 'zod';
import { readProject } from '#tools/dev/project.ts';
import { selectOptionSets } from '#tools/render-templates/option-sets.ts';
import { renderProject } from '#tools/render-templates/render-project.ts';
import { createRenderer } from '#tools/render-templates/render-template.ts';

const file = 'deploy/github-role.yml';
const text = (value: unknown): readonly string[] => z.array(z.string()).parse([value].flat());
const statement = z.object({
  Effect: z.enum(['Allow', 'Deny']),
  Action: z.unknown().transform(text),
  Resource: z.unknown().transform(text),
});
const policy = z.object({ Properties: z.object({ PolicyDocument: z.object({ Statement: z.array(statement) }) }) });

/** Where the prefix of actions is not the name of the service in resource types. */
const prefixes: Readonly<Record<string, string>> = {
  ApiGatewayV2: 'apigateway',
  ApplicationAutoScaling: 'application-autoscaling',
  Cognito: 'cognito-idp',
};

describe('the role that deploys from GitHub', () => {
  const { Resources } = z
    .object({ Resources: z.record(z.string(), z.unknown()) })
    .parse(parse(readFileSync(file, 'utf8'), { logLevel: 'silent' }));
  const policies = Object.values(Resources).flatMap((resource) => policy.safeParse(resource).data ?? []);
  const allowed = policies
    .flatMap(({ Properties }) => Properties.PolicyDocument.Statement)
    .filter(({ Effect }) => Effect === 'Allow');
  let types: ReadonlySet<string>;
  beforeAll(async () => {
    const root = process.cwd();
    const rendered = await Promise.all(
      selectOptionSets('prod-everything').map(({ stage, params }) =>
        renderProject({ root, services: readProject(root), stage, params, render: createRenderer(root) }),
      ),
    );
    types = new Set(
      rendered.flat().flatMap(({ template }) => Object.values(template.Resources).map(({ Type }) => Type)),
    );
  });

  it('is a template without a fault', () => {
    const engine = new RegoEngine();
    const source = { path: file, readBytes: () => readFileSync(file) };
    const { status, diagnostics } = engine.validateStandard(source, { exclude: { ids: ['I9001', 'I9040'] } });
    expect({ status, diagnostics }).toStrictEqual({ status: 'OK', diagnostics: [] });
  });

  it('has permissions for each service of AWS that the templates use', () => {
    const services = [...types].map((type) => type.split('::')[1] ?? '');
    const missing = services.filter((service) => {
      const prefix = `${prefixes[service] ?? service.toLowerCase()}:`;
      return !allowed.some(({ Action }) => Action.some((action) => action.startsWith(prefix)));
    });
    expect(missing).toStrictEqual([]);
  });

  it('may do nothing on all resources except where an action has none', () => {
    const sids = allowed.filter(({ Resource }) => Resource.includes('*')).flatMap(({ Action }) => Action);
    expect(sids.filter((action) => /:\*$|^(iam|s3|dynamodb|apigateway):/.test(action))).toStrictEqual([]);
  });

  it('fits into the size of a managed policy', () => {
    for (const { Properties } of policies) {
      const document = JSON.stringify(Properties.PolicyDocument).replaceAll(/\$\{AWS::\w+\}/g, 'ap-southeast-1');
      expect(document.length).toBeLessThan(6144);
    }
  });
});
