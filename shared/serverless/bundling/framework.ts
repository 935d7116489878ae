import type { BuildResult } from 'esbuild';

/** What is used of the framework and of serverless-esbuild, neither of which has types of its own. */
export type Serverless = {
  readonly serviceDir: string;
  readonly service: { readonly functions: Readonly<Record<string, FunctionDefinition>> };
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
  /** The builds, by source file. */
  readonly buildCache: BuildCache;
  readonly workDirPath: string;
  readonly buildDirPath: string;
  bundle: () => Promise<void>;
  pack: () => Promise<void>;
};

export type BuildCache = Readonly<Record<string, { readonly result?: BuildResult }>>;
