import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, parseDocument } from 'yaml';
import * as z from 'zod';

const composeSchema = z.strictObject({
  services: z.record(
    z.string(),
    z.looseObject({
      path: z.string(),
      params: z.record(z.string(), z.string()).optional(),
      dependsOn: z.union([z.string().transform((name) => [name]), z.array(z.string())]).optional(),
    }),
  ),
});

export type Service = {
  readonly name: string;
  /** Relative to the project. */
  readonly path: string;
  readonly params: Readonly<Record<string, string>>;
  /** Names of the services whose outputs it takes, and of those that it says it depends on. */
  readonly needs: readonly string[];
  /** All other settings of it in the project. */
  readonly settings: Readonly<Record<string, unknown>>;
};

/**
 * The services of `serverless-compose.yml` in the project at `root`.
 * @throws Error that names two services which would be one stack
 */
export function readProject(root: string): readonly Service[] {
  const file = join(root, 'serverless-compose.yml');
  if (!existsSync(file)) throw new Error(`There is no serverless-compose.yml in ${root}.`);
  const { services } = composeSchema.parse(parse(readFileSync(file, 'utf8'), { merge: true }));
  checkStacks(
    Object.values(services).map(({ path }) => join(path, 'serverless.yml')),
    root,
  );
  return Object.entries(services).map(([name, { path, params = {}, ...settings }]) => ({
    name,
    path,
    params,
    needs: Object.keys(services).filter(
      (other) =>
        settings.dependsOn?.includes(other) === true ||
        Object.values(params).some((value) => value.includes(`\${${other}.`)),
    ),
    settings,
  }));
}

/** Stacks are called after `service`: of two services with one name the second would replace what the first has made. */
function checkStacks(files: readonly string[], root: string): void {
  const owners = new Map<string, string>();
  for (const file of files.filter((each) => existsSync(join(root, each)))) {
    // A document, since CloudFormation's tags are no values to YAML.
    const name = parseDocument(readFileSync(join(root, file), 'utf8')).get('service');
    if (typeof name !== 'string') continue;
    const owner = owners.get(name);
    if (owner !== undefined) {
      throw new Error(`${owner} and ${file} both say "service: ${name}", and would be one stack. Rename one of them.`);
    }
    owners.set(name, file);
  }
}

/**
 * The services called `names` and all that they need, in the order of the project.
 * @throws Error that names an unknown service
 */
export function selectServices(project: readonly Service[], names: readonly string[]): readonly Service[] {
  const selected = new Set<Service>();
  const select = (name: string): void => {
    const service = project.find((candidate) => candidate.name === name);
    if (service === undefined) {
      throw new Error(`There is no service "${name}". Services: ${project.map((known) => known.name).join(', ')}.`);
    }
    if (selected.has(service)) return;
    selected.add(service);
    service.needs.forEach(select);
  };
  names.forEach(select);
  return project.filter((service) => selected.has(service));
}
