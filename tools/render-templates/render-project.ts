import { join } from 'node:path';
import type { Service } from '#tools/dev/project.ts';
import { outputPlaceholder } from './output-placeholder.ts';
import type { RenderOptions } from './render-template.ts';
import type { Template } from './template.ts';

export type RenderedService = {
  readonly service: Service;
  /** With what other services hand over to it, in place of what only a deploy knows. */
  readonly params: Readonly<Record<string, string>>;
  readonly template: Template;
};

export type ProjectOptions = {
  readonly root: string;
  /** In the order in which they are deployed, all that they need among them. */
  readonly services: readonly Service[];
  readonly stage: string;
  readonly region?: string;
  readonly params: Readonly<Record<string, string>>;
  readonly render: (options: RenderOptions) => Promise<Template>;
};

/**
 * Renders the services one after the other, each with the outputs of those before it.
 * @throws Error that names an output which is handed on and which the template of its service does not have
 */
export async function renderProject(options: ProjectOptions): Promise<readonly RenderedService[]> {
  const { root, services, stage, region, render } = options;
  const rendered = new Map<string, RenderedService>();
  for (const service of services) {
    const handedOver = Object.entries(service.params).map(([name, value]) => [name, fill(value, rendered, service)]);
    const params = { ...Object.fromEntries(handedOver), ...options.params };
    const template = await render({ folder: join(root, service.path), stage, ...(region && { region }), params });
    rendered.set(service.name, { service, params, template });
  }
  return [...rendered.values()];
}

function fill(value: string, rendered: ReadonlyMap<string, RenderedService>, to: Service): string {
  return value.replaceAll(/\$\{([\w-]+)\.(\w+)\}/g, (_reference, from: string, output: string) => {
    const template = rendered.get(from)?.template;
    const found = template === undefined ? undefined : outputPlaceholder(template, output);
    if (found === undefined) throw new Error(`${to.name} is handed ${from}.${output}, which ${from} does not put out.`);
    return found;
  });
}
