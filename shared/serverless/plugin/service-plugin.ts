import { forgetInputs, writeDeployInputs } from '../deploy-inputs.ts';
import { type Addition, describeAdditions, type Note } from './additions.ts';
import { addAuthorizerFunction, httpAuthorizers, restAuthorizer } from './authorizers.ts';
import { checkFragments, requireStages } from './composition.ts';
import { reserveConcurrency } from './concurrency.ts';
import { restrictDeadLetters } from './dead-letters.ts';
import { closeDefaultEndpoints } from './default-endpoints.ts';
import { nameDeployment } from './deployment.ts';
import { dropDisabledFunctions, functionProperties } from './enabled-functions.ts';
import { encryptWithKey } from './encryption.ts';
import { completeEvent } from './events/complete-event.ts';
import type { InvokeOptions, PluginUtilities, Serverless } from './framework.ts';
import { gatewayResponses } from './gateway-responses.ts';
import { deployGradually } from './gradual/gradual-deployment.ts';
import { completeHttpStage, openRoutes } from './http-stage.ts';
import { importedApi } from './imported-api.ts';
import { invokeEvents } from './local/invoke-events.ts';
import { assumeRole, limitInvocation } from './local/invoke-local.ts';
import { isLocalStage, LocalStage } from './local/local-stage.ts';
import { worksOffline } from './local/require-endpoint.ts';
import { refuseSsoProfile } from './local/sso-profile.ts';
import { completeLogGroups } from './log-groups.ts';
import { monitoringOf } from './monitoring.ts';
import { makesFiles, skipFiles } from './package-without-files.ts';
import { notePackagedElsewhere } from './packaged-elsewhere.ts';
import { givenParameters, readParameters } from './parameters.ts';
import { requirePlatformOutputs, resolvePlatformOutput } from './platform-outputs.ts';
import { refuseStrangePreflights } from './preflight.ts';
import { allowMissingStack } from './removal.ts';
import { restStage, stageReasons } from './rest-stage.ts';
import { checkRoleNames } from './role-names.ts';
import { completeRoles, dropSharedRole, withholdLogGroups } from './roles.ts';
import { completeHttpApi, completeRoutes } from './routes.ts';
import type { ServiceContext } from './service-context.ts';
import { ServiceFault } from './service-fault.ts';
import { readSettings, settingsSchema } from './settings.ts';
import { checkPluginOrder, extendCustom, placeholdForeignOutputs } from './shared-configuration.ts';
import { tagStack } from './stack-tags.ts';
import { tableScaling } from './table-scaling.ts';
import { completeTables } from './tables.ts';
import { type Resources, resourcesOfType, type Template, valueAt } from './template.ts';
import { requireTls } from './transport.ts';
import { rememberValidConfigurations } from './valid-configurations.ts';

type VariableSource = {
  readonly address: string;
  readonly resolveVariable: (variable: string) => Promise<unknown>;
};

/**
 * Completes a service: configuration and functions before the framework makes the template, then the template. Working
 * on the finished template it misses no function, queue or API. `npx sls print-additions` shows all that it did.
 */
export class ServicePlugin {
  readonly commands = {
    'print-additions': {
      usage: 'Show what shared/serverless/plugin adds to this service, where and why',
      lifecycleEvents: ['print'],
    },
    'invoke-events': {
      usage: 'Run the functions of this service as `invoke local` does, each with its files in events/',
      lifecycleEvents: ['invoke'],
    },
  };
  readonly hooks: Readonly<Record<string, () => void | Promise<void>>>;
  readonly configurationVariablesSources: object;
  readonly #serverless: Serverless;
  readonly #additions: Addition[] = [];
  #context: ServiceContext | undefined;
  #localStage: LocalStage | undefined;

  constructor(serverless: Serverless, options: InvokeOptions, { log }: PluginUtilities) {
    this.#serverless = serverless;
    forgetInputs();
    const { configurationInput, processedInput, configSchemaHandler } = serverless;
    configSchemaHandler.defineCustomProperties(settingsSchema);
    configSchemaHandler.defineFunctionProperties('aws', functionProperties);
    const isPrinting = processedInput.commands[0] === 'print-additions';
    const isRemoving = processedInput.commands.join(' ') === 'remove';
    // A removal needs no outputs of other stacks, which may be removed already.
    if (isPrinting || isRemoving) placeholdForeignOutputs(configurationInput);
    if (isRemoving) allowMissingStack(serverless, (message) => log.notice(message));
    // osls-compose runs `info` after each deploy; validating again what was deployed a moment ago is half of its work.
    if (processedInput.commands[0] === 'info') configSchemaHandler.validateConfig = async () => {};
    else rememberValidConfigurations(serverless);
    if (/^invoke(?: local|-events)$/.test(processedInput.commands.join(' '))) limitInvocation(serverless, options);
    this.#guard(() => {
      checkPluginOrder(configurationInput);
      checkFragments(configurationInput);
      extendCustom(serverless);
      if (isLocalStage(serverless)) this.#localStage = new LocalStage(serverless);
      else if (needsAws(serverless)) refuseSsoProfile(processedInput.options['aws-profile']);
    });
    this.configurationVariablesSources = {
      platform: {
        resolve: async ({ address, resolveVariable }: VariableSource) => ({
          value: await resolvePlatformOutput(address, {
            api: this.#api(),
            stage: serverless.getProvider('aws').getStage(),
            param: (name) => resolveVariable(`param:${name}`),
            resolve: isPrinting ? async () => `<${address} of platform>` : resolveVariable,
          }),
        }),
      },
    };
    const merge = 'aws:package:finalize:mergeCustomProviderResources';
    this.hooks = {
      initialize: () => {
        this.#localStage?.endConfiguration();
        notePackagedElsewhere(configurationInput);
        this.#guard(() => this.#configure());
      },
      'before:invoke:local:loadEnvVars': () => this.#guard(() => this.#localStage?.refuseDocker()),
      'before:invoke:local:invoke': () => this.#prepareInvocation(options),
      [`before:${merge}`]: () => this.#guard(() => this.#addResources()),
      [`after:${merge}`]: () => this.#guard(() => this.#finishTemplate()),
      'after:package:finalize': () => writeDeployInputs(serverless.serviceDir),
      'print-additions:print': () => this.#print(),
      'invoke-events:invoke': () => invokeEvents(serverless, options),
    };
  }

  /** The framework calls it before it resolves the variables that ask AWS. */
  async asyncInit(): Promise<void> {
    await this.#localStage?.requireEndpoint();
  }

  async #prepareInvocation(options: InvokeOptions): Promise<void> {
    const stage = this.#serverless.getProvider('aws').getStage();
    this.#guard(() => completeEvent(options, stage));
    if (this.#localStage === undefined) return;
    this.#localStage.bindEnvironment();
    await assumeRole(this.#serverless, options).catch((error: unknown) => {
      this.#guard(() => {
        throw error;
      });
    });
  }

  #configure(): void {
    const { service, configurationInput, serviceDir, processedInput } = this.#serverless;
    const stage = this.#serverless.getProvider('aws').getStage();
    const { params = {} } = configurationInput;
    const given = givenParameters(processedInput.options.param);
    const context: ServiceContext = {
      name: service.service,
      stage,
      folder: serviceDir,
      service,
      settings: readSettings(service.custom),
      parameters: readParameters(stage, params.default, params[stage], given),
      platform: Object(service.custom.platform),
      note: this.#note,
    };
    this.#context = context;
    for (const name of ['esbuild', 'serverless-iam-roles-per-function', 'localstack']) {
      this.#note(
        `custom.${name}`,
        Object.keys(Object(service.custom[name])).join(', '),
        'shared/serverless/custom.yml',
      );
    }
    dropDisabledFunctions(context);
    tagStack(context);
    addAuthorizerFunction(context);
    completeRoutes(context);
    completeHttpApi(context, httpAuthorizers(context));
    completeRoles(context);
    checkRoleNames(context);
    reserveConcurrency(context);
    service.provider.tracing = { ...service.provider.tracing, lambda: context.parameters.tracing };
    this.#note('provider.tracing', `lambda: ${context.parameters.tracing}`, 'the parameter tracing');
  }

  /** Before the service's own resources are merged in, which can so extend or replace what is added here. */
  #addResources(): void {
    const context = this.#known();
    const { name, settings, parameters, stage, platform, service } = context;
    const template = service.provider.compiledCloudFormationTemplate;
    if (name !== 'platform') requirePlatformOutputs({ api: settings.api, stage, parameters }, platform);
    dropSharedRole(template, context);
    if (settings.api === 'http')
      this.#add(template, completeHttpStage(template, context), 'custom.service.api is http');
    if (settings.api !== 'rest') return;
    if (settings.openapi === undefined) {
      this.#add(
        template,
        gatewayResponses(parameters),
        'errors of API Gateway itself have the error body of functions',
      );
    } else {
      const { Resources, Outputs } = importedApi(settings.openapi, context);
      this.#add(template, Resources, 'custom.service.openapi');
      template.Outputs = { ...template.Outputs, ...Outputs };
    }
    this.#add(template, restAuthorizer(context), `auth is ${parameters.auth}`);
    this.#add(template, restStage(context), 'custom.service.api is rest');
  }

  #finishTemplate(): void {
    const context = this.#known();
    const { name, stage, platform, service } = context;
    const template = service.provider.compiledCloudFormationTemplate;
    requireStages(template.Resources);
    completeTables(template, context);
    this.#add(template, tableScaling(template, context), 'readCapacityMaximum, writeCapacityMaximum');
    completeLogGroups(template, context);
    restrictDeadLetters(template, context);
    requireTls(template, context);
    closeDefaultEndpoints(template, context);
    refuseStrangePreflights(template, context);
    openRoutes(template, context);
    withholdLogGroups(template, context);
    encryptWithKey(template, context);
    const monitoring = monitoringOf(template.Resources, {
      service: name,
      stage,
      topicArn: platform.monitoringTopicArn,
    });
    this.#add(template, monitoring, 'monitoring of the finished template');
    deployGradually(template, context, { hasPackages: makesFiles(this.#serverless.pluginManager) });
    template.Resources = nameDeployment(template.Resources);
    for (const [id] of resourcesOfType(template.Resources, 'AWS::ApiGateway::Deployment')) {
      this.#note(`Resources.${id}`, 'renamed', 'an unchanged API keeps its deployment');
    }
  }

  async #print(): Promise<void> {
    skipFiles(this.#serverless.pluginManager);
    await this.#serverless.pluginManager.spawn('package');
    process.stdout.write(describeAdditions(this.#additions));
  }

  #add(template: Template, resources: Resources, reason: string): void {
    Object.assign(template.Resources, resources);
    for (const [id, { Type, Properties }] of Object.entries(resources)) {
      const description = valueAt(Properties, 'AlarmDescription');
      this.#note(`Resources.${id}`, Type, typeof description === 'string' ? description : (stageReasons[id] ?? reason));
    }
  }

  #note: Note = (place, added, reason) => {
    this.#additions.push({ place, added, reason });
  };

  #api() {
    const { custom } = this.#serverless.configurationInput;
    return readSettings(custom).api;
  }

  #known(): ServiceContext {
    if (this.#context === undefined) throw new Error('The service is not configured yet.');
    return this.#context;
  }

  /** Faults of a service are shown to the operator without a stack. */
  #guard(action: () => void): void {
    try {
      action();
    } catch (error) {
      if (!(error instanceof ServiceFault)) throw error;
      throw new this.#serverless.classes.Error(error.message, 'INVALID_SERVICE');
    }
  }
}

function needsAws({ processedInput: { commands, isHelpRequest } }: Serverless): boolean {
  return isHelpRequest !== true && !worksOffline(commands[0] ?? '');
}
