import { existsSync, readFileSync } from 'node:fs';
import { join, resolve, sep } from 'node:path';
import { parse } from 'yaml';
import * as z from 'zod';

/** What a deploy has to know of `serverless.yml` before the Serverless CLI reads it. */
export type ServiceFile = {
  /** Whether each plugin is one of those of this project. Others may read anything. */
  readonly hasKnownPlugins: boolean;
  /** Whether the CLI takes environment variables from the `.env` files of the service. */
  readonly usesDotenv: boolean;
};

/** The Serverless CLI takes the first of these; only without them it looks for a script. */
const names = ['serverless.yml', 'serverless.yaml', 'serverless.json'];

const knownPackages = ['serverless-localstack', 'serverless-iam-roles-per-function'];

const schema = z.looseObject({ plugins: z.unknown().optional(), useDotenv: z.unknown().optional() });
const pluginList = z.array(z.string()).optional();

/** @returns undefined for a service that a script configures */
export function readServiceFile(root: string, folder: string, config?: string): ServiceFile | undefined {
  const candidates = config === undefined ? names : [config].filter((name) => /\.(?:ya?ml|json)$/.test(name));
  const file = candidates.map((name) => join(folder, name)).find((path) => existsSync(path));
  if (file === undefined) return undefined;
  // The tags of CloudFormation, as in !Ref, are no values to YAML; neither of these settings has one.
  const { plugins, useDotenv } = schema.parse(parse(readFileSync(file, 'utf8'), { logLevel: 'silent' }) ?? {});
  const list = pluginList.safeParse(plugins);
  const isShared = (plugin: string): boolean =>
    plugin.startsWith('.') && resolve(folder, plugin).startsWith(join(root, 'shared', sep));
  return {
    hasKnownPlugins:
      list.success && (list.data ?? []).every((plugin) => knownPackages.includes(plugin) || isShared(plugin)),
    usesDotenv: useDotenv !== undefined && useDotenv !== false,
  };
}
