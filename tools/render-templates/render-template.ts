import { createRequire } from 'node:module';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { skipFiles } from '#shared/serverless/plugin/package-without-files.ts';
import { localEnvironment } from '#tools/dev/deploy.ts';
import { type Template, templateSchema } from './template.ts';

export type RenderOptions = {
  /** The folder of the service. */
  readonly folder: string;
  readonly stage: string;
  /** That of the caller's environment is not used: without one, templates are for us-east-1. */
  readonly region?: string;
  readonly params: Readonly<Record<string, string>>;
};

/**
 * Makes the renderer of templates: the framework itself, in this process, which renders in a hundredth of the time that
 * its CLI needs, and writes nothing. Nothing is bundled; a template contains only the place of a bundle. The
 * keys and ids that the framework takes from the clock are fixed, so that the same options yield the same template.
 */
export function createRenderer(root: string): (options: RenderOptions) => Promise<Template> {
  Object.assign(process.env, localEnvironment(root, 4566, process.env));
  // One of V8's compilers takes 4 GB for the validator of configurations, which is one huge function, once that is hot.
  setFlagsFromString('--no-maglev');
  const framework = loadFramework(join(root, 'package.json'));

  return async ({ folder, stage, region, params }) => {
    const configuration = await framework.readConfiguration(join(folder, 'serverless.yml'));
    const variablesMeta = framework.resolveVariablesMeta(configuration);
    const options = {
      stage,
      ...(region && { region }),
      param: Object.entries(params).map(([name, value]) => `${name}=${value}`),
    };
    const resolver: Resolver = {
      serviceDir: folder,
      configuration,
      variablesMeta,
      options,
      sources: { ...framework.sources, ...framework.instanceSources(undefined) },
      fulfilledSources: new Set(['env', 'file', 'opt', 'self', 'strToBool']),
      variableSourcesInConfig: new Set(),
    };
    await framework.resolveVariables(resolver);

    const serverless = new framework.Serverless({
      configuration,
      serviceDir: folder,
      configurationFilename: 'serverless.yml',
      command: 'package',
      commands: ['package'],
      commandSchema: framework.commands.get('package'),
      commandsSchema: framework.commands,
      options,
      variablesMeta,
    });
    await serverless.init();
    // The variables that are left name parameters, which the instance resolves, or outputs of other stacks, which it
    // cannot read here.
    Object.assign(resolver.sources, framework.instanceSources(serverless));
    resolver.fulfilledSources.add('sls').add('param');
    framework.addPluginSources(configuration, resolver, serverless.pluginManager.externalPlugins);
    await framework.resolveVariables(resolver);
    if (variablesMeta.size > 0) {
      throw new Error(`${folder} (${stage}) has variables that nothing resolves:\n${describe(variablesMeta)}`);
    }

    serverless.instanceId = '0';
    skipFiles(serverless.pluginManager);
    await serverless.run();
    const { service } = serverless;
    const text = JSON.stringify(service.provider.compiledCloudFormationTemplate);
    const folderOfBundles = `${service.service}/${stage}`;
    return templateSchema.parse(JSON.parse(text.replaceAll(service.package.artifactDirectoryName, folderOfBundles)));
  };
}

/** What is not resolved yet, by path. */
type VariablesMeta = Map<string, { readonly error?: Error }>;

function describe(variablesMeta: VariablesMeta): string {
  const lines = [...variablesMeta].map(([path, { error }]) =>
    [path.replaceAll('\0', '.'), error?.message ?? []].flat(),
  );
  return lines.map((line) => `  ${line.join(': ')}`).join('\n');
}

type Resolver = {
  readonly serviceDir: string;
  readonly configuration: object;
  readonly variablesMeta: VariablesMeta;
  readonly options: object;
  readonly sources: Record<string, object>;
  readonly fulfilledSources: Set<string>;
  readonly variableSourcesInConfig: Set<string>;
};

/** What is used of the framework's class, which has no types of its own. */
type Serverless = {
  init(): Promise<void>;
  run(): Promise<void>;
  instanceId: string;
  readonly pluginManager: { readonly hooks: Record<string, unknown>; readonly externalPlugins: ReadonlySet<object> };
  readonly service: {
    readonly service: string;
    readonly package: { readonly artifactDirectoryName: string };
    readonly provider: { readonly compiledCloudFormationTemplate?: unknown };
  };
};

type Framework = {
  readonly Serverless: new (config: object) => Serverless;
  readonly commands: ReadonlyMap<string, object>;
  readonly sources: Readonly<Record<string, object>>;
  instanceSources(serverless: Serverless | undefined): Record<string, object>;
  /** Adds the variables that plugins define. */
  addPluginSources(configuration: object, resolver: Resolver, plugins: ReadonlySet<object>): void;
  readConfiguration(path: string): Promise<object>;
  resolveVariables(resolver: Resolver): Promise<void>;
  resolveVariablesMeta(configuration: object): VariablesMeta;
};

function loadFramework(from: string): Framework {
  const require = createRequire(from);
  rememberValidators(require);
  const source = (name: string): object => require(`serverless/lib/configuration/variables/sources/${name}`);
  const slsOf: (serverless?: Serverless) => object = require(`${instanceDependent}/get-sls`);
  const paramOf: (serverless?: Serverless) => object = require(`${instanceDependent}/param`);
  return {
    Serverless: require('serverless/lib/serverless'),
    commands: require('serverless/lib/cli/commands-schema/aws-service'),
    sources: {
      env: source('env'),
      file: source('file'),
      opt: source('opt'),
      self: source('self'),
      strToBool: source('str-to-bool'),
    },
    instanceSources: (serverless) => ({ sls: slsOf(serverless), param: paramOf(serverless) }),
    addPluginSources: require('serverless/lib/configuration/variables/sources/resolve-external-plugin-sources'),
    readConfiguration: require('serverless/lib/configuration/read'),
    resolveVariables: require('serverless/lib/configuration/variables/resolve'),
    resolveVariablesMeta: require('serverless/lib/configuration/variables/resolve-meta'),
  };
}

const instanceDependent = 'serverless/lib/configuration/variables/sources/instance-dependent';

/**
 * Keeps the validators of configurations. The framework looks them up by a hash of their schema, which takes most of
 * the time of a template.
 */
function rememberValidators(require: NodeJS.Require): void {
  const path = require.resolve('serverless/lib/classes/config-schema-handler/resolve-ajv-validate');
  const resolveValidator: (schema: object) => Promise<unknown> = require(path);
  const known = new Map<string, Promise<unknown>>();
  const cached = require.cache[path];
  if (cached === undefined) throw new Error(`${path} is not loaded.`);
  cached.exports = (schema: object) => {
    const key = JSON.stringify(schema);
    const validator = known.get(key) ?? resolveValidator(schema);
    known.set(key, validator);
    return validator;
  };
}
