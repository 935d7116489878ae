import { cpSync, existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describeFailure, describeWarnings } from './build-messages.ts';
import type { Bundler, FunctionDefinition, Options, Serverless } from './framework.ts';
import { loadBundler } from './load-bundler.ts';
import { evenModes, withTemporaryFolder } from './package-folder.ts';
import { recordInputs } from './record-inputs.ts';

/**
 * serverless-esbuild, with its options in `custom.esbuild`, loaded only when something is bundled: it takes seconds. A
 * build that fails ends the command, and nothing of it stays on disk.
 */
export class EsbuildServerlessPlugin {
  readonly hooks: Readonly<Record<string, () => Promise<void>>>;
  readonly #serverless: Serverless;
  readonly #serviceDir: string;
  readonly #options: Options;
  readonly #utilities: object;
  #bundler: Bundler | undefined;

  constructor(serverless: Serverless, options: Options, utilities: object) {
    this.#serverless = serverless;
    this.#serviceDir = serverless.serviceDir;
    this.#options = options;
    this.#utilities = utilities;
    serverless.configSchemaHandler.defineFunctionProperties('aws', {
      properties: { skipEsbuild: { type: 'boolean' }, esbuildEntrypoint: { type: 'string' } },
    });
    this.hooks = Object.fromEntries(bundlingEvents.map((event) => [event, () => this.#run(event)]));
  }

  async #run(event: string): Promise<void> {
    const { service } = this.#serverless;
    const serviceDir = this.#serviceDir;
    if (Object.keys(service.functions).length === 0) return;
    const given = keepArtifacts(service.functions);
    try {
      this.#bundler ??= await this.#load();
      const isCleanup = event.endsWith(':createDeploymentArtifacts') && event.startsWith('after:');
      if (!isCleanup || existsSync(this.#workFolder(serviceDir))) await this.#bundler.hooks[event]?.();
      if (event === 'before:invoke:local:invoke') this.#placeOwnFiles(this.#bundler.buildDirPath);
      given.restore();
      if (event === 'after:invoke:local:invoke') this.#endInvocation(serviceDir);
    } catch (error) {
      await this.#abandon(serviceDir);
      const message = describeFailure(error, service.functions);
      if (message === undefined) throw error;
      throw new this.#serverless.classes.Error(message, 'FUNCTIONS_NOT_BUNDLED');
    }
  }

  async #load(): Promise<Bundler> {
    const Plugin = loadBundler();
    // What it defines of functions is defined already.
    const serverless = Object.create(this.#serverless, {
      configSchemaHandler: { value: { defineFunctionProperties: () => {} } },
    });
    const bundler = new Plugin(serverless, this.#options, this.#utilities);
    await bundler.hooks.initialize?.();
    // Its messages are shown once, and not for each function that a source is part of.
    // Esbuild itself keeps the folder in which it was loaded.
    const options = { skipRebuild: true, logLevel: 'silent', absWorkingDir: this.#serviceDir };
    Object.assign(bundler.buildOptions, options);
    const plugins = [...bundler.plugins, recordInputs];
    Object.defineProperty(bundler, 'plugins', { value: plugins });
    const { bundle, pack } = bundler;
    bundler.bundle = async () => {
      const { buildTogether } = await import('./build-together.ts');
      const names = [this.#serverless.service.service, this.#options.function].filter((name) => name !== undefined);
      await buildTogether(bundler, { name: names.join('.'), folder: this.#serviceDir });
      await bundle();
      for (const warning of await describeWarnings(bundler.buildCache)) process.stderr.write(warning);
    };
    bundler.pack = () => {
      evenModes(bundler.buildDirPath);
      return withTemporaryFolder(join(bundler.workDirPath, '.tmp'), pack);
    };
    return bundler;
  }

  /** Stops the builds that are still running, and removes what is there of them. */
  async #abandon(serviceDir: string): Promise<void> {
    const { stop } = await import('esbuild');
    await stop();
    this.#removeBuild(serviceDir);
  }

  /** Puts the files of the function's own `package.patterns` beside its bundle, as in its package. */
  #placeOwnFiles(folder: string): void {
    const own = join(folder, `__only_${this.#options.function}`);
    if (existsSync(own)) cpSync(own, folder, { recursive: true });
  }

  /** Leaves the service as it was, so that the same command may invoke another function. */
  #endInvocation(serviceDir: string): void {
    this.#removeBuild(serviceDir);
    this.#serverless.config.servicePath = serviceDir;
    this.#bundler = undefined;
  }

  #removeBuild(serviceDir: string): void {
    const folder = this.#workFolder(serviceDir);
    // serverless-esbuild has gone into its build to invoke a function there.
    if (process.cwd().startsWith(folder)) process.chdir(join(folder, '..'));
    rmSync(folder, { recursive: true, force: true });
  }

  #workFolder(serviceDir: string): string {
    return this.#bundler?.workDirPath ?? join(serviceDir, '.esbuild');
  }
}

/** The events that serverless-esbuild bundles or tidies up at; a test compares them with its own. */
export const bundlingEvents = [
  'before:run:run',
  'before:offline:start',
  'before:offline:start:init',
  'before:package:createDeploymentArtifacts',
  'after:package:createDeploymentArtifacts',
  'before:deploy:function:packageFunction',
  'after:deploy:function:packageFunction',
  'before:invoke:local:invoke',
  'after:invoke:local:invoke',
];

/** Functions that are packaged already stay as they are: serverless-esbuild would bundle them and move their artifacts. */
function keepArtifacts(functions: Readonly<Record<string, FunctionDefinition>>): { restore(): void } {
  const packaged = Object.values(functions).flatMap((definition) => {
    const { artifact } = definition.package ?? {};
    const isGiven = artifact !== undefined && (definition.skipEsbuild === true || !isOfBundler(artifact));
    return isGiven ? [{ definition, artifact }] : [];
  });
  for (const { definition } of packaged) definition.skipEsbuild = true;
  return {
    restore: () => {
      for (const { definition, artifact } of packaged) definition.package = { ...definition.package, artifact };
    },
  };
}

function isOfBundler(artifact: string): boolean {
  // The framework makes paths absolute.
  return /(?:^|[\\/])\.(?:esbuild|serverless)[\\/]/.test(artifact);
}
