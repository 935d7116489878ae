import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/** In the order in which the CLI looks for them. */
const configurationFiles = ['yml', 'yaml', 'json', 'js', 'cjs', 'mjs', 'ts', 'mts'].map((end) => `serverless.${end}`);
const cdkFile = 'cdk.json';
const skipped = new Set(['node_modules', '.git', '.serverless', '.build', '.webpack', '.esbuild', 'dist', 'cdk.out']);

/** A service of a project: a folder with the configuration of the Serverless CLI or of the CDK CLI. */
export type FoundService = {
  readonly kind: 'serverless' | 'cdk';
  /** Relative to the project; `.` for the project itself. */
  readonly folder: string;
  readonly file: string;
};

/**
 * The services below a folder, by their paths. A folder with several configurations of the Serverless CLI is one service,
 * as for the CLI.
 */
export function findServices(project: string, folder = '.'): readonly FoundService[] {
  const entries = readdirSync(join(project, folder), { withFileTypes: true }).sort((a, b) =>
    a.name < b.name ? -1 : 1,
  );
  const files = new Set(entries.filter((entry) => entry.isFile()).map(({ name }) => name));
  const file = configurationFiles.find((name) => files.has(name));
  const here: FoundService[] = [
    ...(file === undefined ? [] : [{ kind: 'serverless' as const, folder, file }]),
    ...(files.has(cdkFile) ? [{ kind: 'cdk' as const, folder, file: cdkFile }] : []),
  ];
  const below = entries
    .filter((entry) => entry.isDirectory() && !skipped.has(entry.name))
    .flatMap(({ name }) => findServices(project, join(folder, name)));
  return [...here, ...below];
}
