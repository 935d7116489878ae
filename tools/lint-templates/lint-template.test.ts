import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { readProject, selectServices } from '#tools/dev/project.ts';
import { renderProject } from '../render-templates/render-project.ts';
import { createRenderer } from '../render-templates/render-template.ts';
import type { Template } from '../render-templates/template.ts';
import { type ApiOptions, readApiOptions } from './api-options.ts';
import { createLinter, type Linter } from './lint-template.ts';
import { templateFaults } from './template-faults.ts';

const root = join(import.meta.dirname, '..', '..');
// Cognito has most to say, scopes too; the local stage has a domain.
const options = {
  name: 'test',
  stage: 'local',
  params: { auth: 'cognito', webAcl: 'managed', apiKeyRequired: 'true' },
};

describe('the linter of templates', () => {
  const templates = new Map<string, { readonly template: Template; readonly options: ApiOptions }>();
  let lint: Linter;

  beforeAll(async () => {
    const services = selectServices(readProject(root), ['products', 'tasks', 'users-async', 'friends']);
    for (const { service, template } of await renderProject({
      root,
      services,
      render: createRenderer(root),
      ...options,
    })) {
      templates.set(service.name, { template, options: readApiOptions(root, service.name, options) });
    }
    lint = createLinter();
  });

  it('finds nothing wrong with what is rendered', () => {
    for (const { template, options } of templates.values()) expect(lint(template, options)).toStrictEqual([]);
  });

  for (const [option, value] of Object.entries({
    auth: 'none',
    domainName: '',
    disableExecuteApiEndpoint: true,
    webAcl: 'none',
    apiKeyRequired: false,
  })) {
    it(`finds that an API is not as ${option} says`, () => {
      for (const { template, options } of templates.values()) {
        if (options.service === 'platform') continue;
        // HTTP APIs have neither web ACLs nor API keys.
        const isMeant =
          options.service !== 'friends' || ['auth', 'domainName', 'disableExecuteApiEndpoint'].includes(option);
        const isFound = lint(template, { ...options, [option]: value }).length > 0;
        expect({ service: options.service, isFound }).toStrictEqual({ service: options.service, isFound: isMeant });
      }
    });
  }

  for (const [name, fault] of Object.entries(templateFaults)) {
    it(`finds ${name}`, () => {
      const rendered = templates.get(fault.service ?? 'products');
      if (rendered === undefined) throw new Error(`${fault.service} is not rendered`);
      // That of a resource which the options leave out.
      const Conditions = { ...rendered.template.Conditions, Never: { 'Fn::Equals': ['a', 'b'] } };
      const template = { ...structuredClone(rendered.template), Conditions };
      fault.breaks(template);
      const found = lint(template, rendered.options).map(({ rule, logicalId, path }) =>
        `${rule} ${[logicalId, path].filter((part) => part !== '').join(' ')}`.trim(),
      );
      const expected = `${fault.rule} ${fault.at}`.trim();
      expect(found.map((line) => line.slice(0, expected.length))).toContain(expected);
    });
  }
});
