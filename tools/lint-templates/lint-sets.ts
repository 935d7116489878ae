import { readProject, selectServices } from '#tools/dev/project.ts';
import { selectOptionSets } from '../render-templates/option-sets.ts';
import { renderProject } from '../render-templates/render-project.ts';
import { createRenderer } from '../render-templates/render-template.ts';
import { readApiOptions } from './api-options.ts';
import type { Finding } from './finding.ts';
import { createLinter } from './lint-template.ts';

/** What to check, in a form that goes to a worker. */
export type LintTask = {
  readonly root: string;
  /** Services, with those that they need; undefined for all. */
  readonly services: readonly string[] | undefined;
  /** The names of sets of options. */
  readonly optionSets: readonly string[];
};

/** What was found in one template. */
export type LintedTemplate = {
  readonly service: string;
  readonly optionSet: string;
  readonly findings: readonly Finding[];
};

/** Renders and checks the templates of services with each set of options. @throws Error that names an unknown one */
export async function lintSets({ root, services: names, optionSets }: LintTask): Promise<LintedTemplate[]> {
  const project = readProject(root);
  const services = selectServices(project, names ?? project.map(({ name }) => name));
  const render = createRenderer(root);
  const lint = createLinter();
  const linted: LintedTemplate[] = [];
  for (const set of selectOptionSets(optionSets.join(','))) {
    for (const { service, template } of await renderProject({ root, services, render, ...set })) {
      const findings = lint(template, readApiOptions(root, service.name, set));
      linted.push({ service: service.name, optionSet: set.name, findings });
    }
  }
  return linted;
}
