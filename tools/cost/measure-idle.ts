import { readProject } from '#tools/dev/project.ts';
import { deployedTemplate } from '../render-templates/deployed-template.ts';
import { renderProject } from '../render-templates/render-project.ts';
import { createRenderer } from '../render-templates/render-template.ts';
import { idleUsage } from './idle-usage.ts';
import { options } from './options.ts';
import type { PriceList } from './price-list.ts';
import { addUsage, type Usage } from './usage.ts';

/** What the project uses in a month without requests: by default, and by option. */
export type IdleUsage = { readonly byDefault: Usage; readonly byOption: Readonly<Record<string, Usage>> };

/** Renders the templates of all services for a stage on AWS, with the default of each parameter and with each option. */
export async function measureIdle(root: string, priceList: PriceList): Promise<IdleUsage> {
  const render = createRenderer(root);
  const usageWith = async (params: Readonly<Record<string, string>>): Promise<Usage> => {
    const rendered = await renderProject({ root, services: readProject(root), stage: 'prod', params, render });
    return addUsage(...rendered.map(({ template }) => [idleUsage(deployedTemplate(template), priceList), 1] as const));
  };
  const byDefault = await usageWith({});
  const byOption: Record<string, Usage> = {};
  for (const { name, params, base = {} } of options) {
    const without = Object.keys(base).length === 0 ? byDefault : await usageWith(base);
    byOption[name] = addUsage([await usageWith({ ...base, ...params }), 1], [without, -1]);
  }
  return { byDefault, byOption };
}
