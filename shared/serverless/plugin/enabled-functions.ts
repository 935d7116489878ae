import type { ServiceContext } from './service-context.ts';

/** The property of functions that the plugin adds to the framework's own. */
export const functionProperties = { properties: { enabled: { type: 'boolean' } } } as const;

/** Removes functions with `enabled: false`: a part of a service that a parameter turns off leaves nothing in its template. */
export function dropDisabledFunctions({
  service: { functions },
  note,
}: Pick<ServiceContext, 'service' | 'note'>): void {
  for (const [name, definition] of Object.entries(functions)) {
    const { enabled = true } = definition;
    delete definition.enabled;
    if (enabled) continue;
    delete functions[name];
    note(`functions.${name}`, 'removed', 'enabled is false');
  }
}
