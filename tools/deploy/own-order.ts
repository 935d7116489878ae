import type { Params } from '#tools/dev/params.ts';
import type { Service } from '#tools/dev/project.ts';

/**
 * The order of the services in a deploy to the endpoint. osls-compose deploys a level of its graph at a time: the services
 * of the next one wait for the slowest, and processors stand idle. Here a service waits for those that it needs alone.
 */

const reference = /\$\{([\w-]+)(\.\w+)\}/g;
const hiddenReference = /@output\{([\w-]+\.\w+)\}/g;

/** The settings that a service may have for osls-compose; it refuses any other one. */
const knownSettings = ['component', 'config', 'dependsOn', 'region'];

/**
 * Hides from osls-compose what services need of each other, so that it begins with all of them at once. Each has the
 * names of those that it has to wait for in `needs`. What osls-compose refuses stays as it is.
 */
export function withoutOrder(services: readonly Service[]): readonly Service[] {
  const names = services.map(({ name }) => name);
  if (hasCircle(services) || !services.every((service) => isValid(service, names))) return services;
  return services.map(({ params, settings: { dependsOn: _, ...settings }, ...service }) => ({
    ...service,
    params: mapValues(params, (text) => hideReferences(text, names)),
    settings: { ...settings, needs: service.needs },
  }));
}

/** The parameters as they were before {@link withoutOrder}. */
export function showReferences(params: Params): Params {
  return mapValues(params, (text) => text.replace(hiddenReference, `\${$1}`));
}

function hideReferences(text: string, names: readonly string[]): string {
  return text.replace(reference, (whole, name: string, output: string) =>
    names.includes(name) ? `@output{${name}${output}}` : whole,
  );
}

function isValid({ needs, settings }: Service, names: readonly string[]): boolean {
  const { dependsOn = [] } = settings;
  const needed = Array.isArray(dependsOn) ? [...needs, ...dependsOn] : needs;
  return (
    needed.every((name) => names.includes(name)) && Object.keys(settings).every((key) => knownSettings.includes(key))
  );
}

function hasCircle(services: readonly Service[]): boolean {
  const names = services.map(({ name }) => name);
  const waiting = services.filter(({ needs }) => needs.some((name) => names.includes(name)));
  return waiting.length > 0 && (waiting.length === services.length || hasCircle(waiting));
}

function mapValues(params: Params, change: (text: string) => string): Params {
  return Object.fromEntries(Object.entries(params).map(([name, text]) => [name, change(text)]));
}
