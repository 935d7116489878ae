import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import type { Configuration, Serverless } from './framework.ts';
import { platformVariables } from './platform-outputs.ts';
import { ServiceFault } from './service-fault.ts';

const self = '../../shared/serverless/plugin';

/**
 * Adds to `custom` what all services have, from `shared/serverless/custom.yml`, and the variables of platform's outputs.
 * What a service says itself comes before that, key by key. This runs while the plugins are loaded, since the others read
 * their part of `custom` then.
 */
export function extendCustom(serverless: Serverless): void {
  const { custom = {} } = serverless.configurationInput;
  const shared: Readonly<Record<string, object>> = parse(
    readFileSync(new URL('../custom.yml', import.meta.url), 'utf8'),
  );
  const all = { ...shared, platform: platformVariables(serverless.service.service) };
  for (const [name, values] of Object.entries(all)) {
    serverless.extendConfiguration(['custom', name], { ...values, ...Object(custom[name]) });
  }
}

/** @throws ServiceFault about an order of plugins in which they do not work together */
export function checkPluginOrder({ plugins = [] }: Configuration): void {
  const order = [
    self,
    'serverless-localstack',
    '../../shared/serverless/serverless-esbuild',
    'serverless-iam-roles-per-function',
  ];
  const found = plugins.filter((plugin) => order.includes(plugin));
  const expected = order.filter((plugin) => found.includes(plugin));
  if (found.join() === expected.join()) return;
  throw new ServiceFault(`plugins: the order must be ${expected.join(', ')}; others may stand anywhere.`);
}

/**
 * Gives a placeholder to each parameter that would else be asked of another stack, so that a command needs no network.
 */
export function placeholdForeignOutputs(configuration: Configuration): void {
  const names = [...JSON.stringify(configuration).matchAll(/\$\{param:(\w+), *cf:/g)].map(([, name = '']) => name);
  const defaults = configuration.params?.default;
  for (const name of names) {
    if (defaults !== undefined) defaults[name] ??= outputPlaceholder(name);
  }
}

/** What stands for the output of another stack, by the name of the parameter, where a command does not use it. */
export function outputPlaceholder(name: string): string {
  return /Arn$/.test(name) ? `arn:aws:any:us-east-1:000000000000:${name}` : name;
}
