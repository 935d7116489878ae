import type { BuildResult, Plugin } from 'esbuild';

/** What is used of the framework and of serverless-esbuild, neither of which has types of its own. */
export type Serverless = {
  readonly serviceDir: string;
  readonly config: { servicePath: string };
  readonly service: { readonly service: string; readonly functions: Readonly<Record<string, FunctionDefinition>> };
  readonly configSchemaHandler: { defineFunctionProperties(provider: string, schema: object): void };
  readonly classes: { readonly Error: new (message: string, code: string) => Error };
};

export type FunctionDefinition = {
  readonly handler?: string;
  skipEsbuild?: boolean;
  package?: { readonly artifact?: string };
};

export type Options = Readonly<Record<string, unknown>>;

/** The plugin serverless-esbuild. */
export type Bundler = {
  readonly hooks: Readonly<Record<string, () => Promise<void>>>;
  readonly buildOptions: object;
  readonly plugins: readonly Plugin[];
  /** The builds, by source file. One that can be repeated is not made anew. */
  buildCache: BuildCache;
  /** The sources of the functions, relative to the service. */
  readonly functionEntries: readonly { readonly entry: string }[];
  readonly workDirPath: string;
  readonly buildDirPath: string;
  bundle: () => Promise<void>;
  pack: () => Promise<void>;
};

export type BuildCache = Readonly<Record<string, { readonly result?: Pick<BuildResult, 'warnings'> }>>;
