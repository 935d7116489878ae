import type { Template } from './template.ts';

/** What the plugin uses of the framework, which has no types of its own. */
export type Serverless = {
  readonly version: string;
  readonly serviceDir: string;
  readonly configurationInput: Configuration;
  readonly service: Service;
  readonly processedInput: {
    readonly commands: readonly string[];
    readonly options: {
      readonly param?: string | readonly string[];
      readonly docker?: boolean;
      readonly region?: string;
      readonly 'aws-profile'?: string;
    };
    readonly isHelpRequest?: boolean;
  };
  readonly configSchemaHandler: {
    readonly schema: object;
    defineCustomProperties(schema: object): void;
    defineFunctionProperties(provider: 'aws', schema: object): void;
    validateConfig(configuration: object): Promise<void>;
  };
  readonly pluginManager: PluginManager;
  readonly classes: { readonly Error: new (message: string, code: string) => Error };
  /** Values may have variables in them, which are resolved after all plugins are loaded. */
  extendConfiguration(path: readonly string[], value: unknown): void;
  getProvider(name: 'aws'): AwsProvider;
};

/** The options of a command, which the framework completes for `invoke local`. */
export type InvokeOptions = {
  readonly functionObj?: FunctionConfiguration;
  /** The event. */
  data?: unknown;
  context?: unknown;
};

/** What the framework gives each plugin to print with. */
export type PluginUtilities = { readonly log: { notice(message: string): void } };

/** The framework's own client of AWS, and that of plugins. */
export type AwsProvider = {
  /** Version 2 of the AWS SDK, which all plugins share. */
  readonly sdk: {
    readonly Credentials: new (keys: { readonly accessKeyId: string; readonly secretAccessKey: string }) => object;
    readonly config: { readonly httpOptions: { agent?: object }; update(options: object): void };
  };
  readonly naming: { getStackName(): string };
  readonly cachedCredentials: object | null;
  getStage(): string;
  getRegion(): string;
  request(...args: readonly unknown[]): Promise<unknown>;
};

export type PluginManager = {
  readonly hooks: Record<string, unknown>;
  spawn(command: string): Promise<void>;
};

/** serverless.yml, as far as plugins may know it before its variables are resolved. */
export type Configuration = {
  readonly plugins?: readonly string[];
  readonly custom?: Readonly<Record<string, unknown>>;
  readonly params?: Record<string, Record<string, unknown>>;
  readonly provider?: unknown;
  readonly functions?: unknown;
  readonly package?: unknown;
  readonly layers?: unknown;
};

/** serverless.yml with its variables resolved. */
export type Service = {
  readonly service: string;
  readonly configValidationMode?: string;
  readonly custom: Readonly<Record<string, unknown>>;
  readonly functions: Record<string, FunctionConfiguration>;
  readonly package: Packaging;
  readonly provider: Provider;
};

/** Where the package of a function, or that of all functions, is on disk. */
type Packaging = { readonly artifact?: string };

type Provider = {
  region?: string;
  readonly compiledCloudFormationTemplate: Template;
  stackTags?: Readonly<Record<string, string>>;
  tracing?: object;
  readonly timeout?: number;
  readonly memorySize?: number;
  httpApi?: Readonly<Record<string, unknown>>;
  logs?: object;
  iam?: { readonly role?: { readonly statements?: readonly object[] } };
};

export type FunctionConfiguration = {
  readonly name?: string;
  readonly handler?: string;
  readonly package?: Packaging;
  /** Of this plugin: see enabled-functions.ts. */
  enabled?: boolean;
  readonly timeout?: number;
  readonly memorySize?: number;
  reservedConcurrency?: unknown;
  readonly iamRoleStatementsName?: string;
  description?: string;
  readonly environment?: Readonly<Record<string, unknown>>;
  readonly role?: unknown;
  readonly destinations?: { readonly onFailure?: unknown };
  readonly events?: readonly (string | Event)[];
  iamRoleStatements?: readonly object[];
};

export type Event = {
  http?: string | Route;
  httpApi?: string | Route;
  readonly stream?: string | { readonly destinations?: { readonly onFailure?: unknown } };
};

export type Route = {
  readonly method?: string;
  readonly path: string;
  readonly authorizer?: string | object;
  readonly cors?: unknown;
  readonly private?: boolean;
};
