import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import * as z from 'zod';

/** What is changed in the copy of a service before it is deployed. */
export type Adaptation = {
  /** In place of Node.js runtimes that the endpoint does not run. */
  readonly runtime: string | undefined;
};

const configuration = z.looseObject({
  plugins: z.union([z.array(z.string()), z.looseObject({ modules: z.array(z.string()) })]).optional(),
  frameworkVersion: z.string().optional(),
});

/** The file that the CLI reads instead of the service's own. */
export const wrapperName = 'serverless.try-project.cjs';

/** The text of that file: it reads `original`, of whatever format, as the CLI does, and changes what it says. */
export function wrapperOf(original: string, adaptation: Adaptation): string {
  const arguments_ = [original, adaptation].map((value) => JSON.stringify(value)).join(', ');
  return (
    `module.exports = import(${JSON.stringify(import.meta.url)})` +
    `.then(({ adaptedConfiguration }) => adaptedConfiguration(${arguments_}));\n`
  );
}

/** The configuration in the file `original`, with our plugin first and `adaptation` made. */
export async function adaptedConfiguration(original: string, { runtime }: Adaptation): Promise<object> {
  const read: (path: string) => Promise<unknown> = createRequire(import.meta.url)(
    'serverless/lib/configuration/read.js',
  );
  const found = configuration.parse(await read(original));
  const { plugins = [], frameworkVersion, ...rest } = runtime === undefined ? found : withRuntime(found, runtime);
  // Relative, since the CLI does not load modules of ECMAScript by absolute paths.
  const ours = relative(dirname(original), join(import.meta.dirname, 'endpoint-plugin.js'));
  return {
    ...rest,
    ...(isForThisCli(frameworkVersion) && { frameworkVersion }),
    plugins: Array.isArray(plugins) ? [ours, ...plugins] : { ...plugins, modules: [ours, ...plugins.modules] },
  };
}

/** Whether a service may ask for this version: the CLI is of version 3, and refuses a service of another one. */
export function isForThisCli(frameworkVersion: string | undefined): boolean {
  return frameworkVersion !== undefined && /3|^\*$/.test(frameworkVersion);
}

/** A copy with `runtime` in place of every Node.js runtime, of the provider, of functions and in resources. */
function withRuntime(value: z.infer<typeof configuration>, runtime: string): z.infer<typeof configuration> {
  const replace = (key: string, each: unknown): unknown =>
    /^runtime$/i.test(key) && typeof each === 'string' && /^nodejs\d+\.x$/.test(each) ? runtime : each;
  return configuration.parse(JSON.parse(JSON.stringify(value, replace)));
}
