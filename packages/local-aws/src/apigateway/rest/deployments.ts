import { AwsError } from '../../core/aws-error.ts';
import type { Clock } from '../../core/clock.ts';
import type { Deployment, MethodSetting, RestApi, Stage } from './api-definition.ts';
import { type CanarySettings, checkCanary, makeCanary } from './canary.ts';
import { type CompiledApi, type CompilePorts, compileApi } from './compile-api.ts';
import { notFound, own, type RestApiStore } from './rest-api-store.ts';

/** The settings of a stage; absent ones stay as they are on an update. */
export type StageSettings = {
  readonly description?: string | undefined;
  /** Of the API's documentation. */
  readonly documentationVersion?: string | undefined;
  readonly variables?: Record<string, string> | undefined;
  readonly canary?: CanarySettings | undefined;
  readonly methodSettings?: Record<string, MethodSetting> | undefined;
  readonly accessLog?: { destinationArn: string; format: string } | undefined;
  readonly tracingEnabled?: boolean | undefined;
  readonly tags?: Record<string, string> | undefined;
};

function turnsLogsOn({ accessLog, methodSettings = {} }: StageSettings): boolean {
  const levels = Object.values(methodSettings).map(({ loggingLevel = 'OFF' }) => loggingLevel);
  return accessLog !== undefined || levels.some((level) => level !== 'OFF');
}

/** Takes snapshots of APIs and puts stages in front of them. */
export class Deployments {
  readonly #store: RestApiStore;
  readonly #clock: Clock;
  readonly #ports: CompilePorts;
  readonly #compiled = new WeakMap<Deployment, CompiledApi>();

  constructor(store: RestApiStore, clock: Clock, ports: CompilePorts) {
    this.#store = store;
    this.#clock = clock;
    this.#ports = ports;
  }

  /** A snapshot of the API as it is now. @throws AwsError naming what keeps it from being deployed */
  deploy(apiId: string, id: string, description: string | undefined): Deployment {
    const api = this.#store.api(apiId);
    const deployment: Deployment = {
      id,
      createdDate: this.#clock.now(),
      definition: structuredClone(api.definition),
      ...(description === undefined ? {} : { description }),
    };
    this.#compiled.set(deployment, compileApi(deployment.definition, this.#ports));
    api.deployments[id] = deployment;
    this.#store.changed();
    return deployment;
  }

  /** The snapshot that a stage serves, ready to run. */
  compiledOf(api: RestApi, { deploymentId }: Stage): CompiledApi {
    const deployment = own(api.deployments, deploymentId) ?? notFound('Deployment', deploymentId);
    const known = this.#compiled.get(deployment);
    if (known !== undefined) return known;
    const compiled = compileApi(deployment.definition, this.#ports);
    this.#compiled.set(deployment, compiled);
    return compiled;
  }

  /** Adds a stage, or lets an existing one serve another deployment or with other settings. */
  putStage(
    apiId: string,
    stageName: string,
    deploymentId: string,
    settings: StageSettings,
    known = own(this.#store.api(apiId).stages, stageName),
  ): Stage {
    const api = this.#store.api(apiId);
    if (!/^[\w-]{1,128}$/.test(stageName)) {
      throw new AwsError('BadRequestException', 'Stage name only allows a-zA-Z0-9_-');
    }
    this.#store.deployment(apiId, deploymentId);
    const now = this.#clock.now();
    if (turnsLogsOn(settings) && this.#store.cloudWatchRoleArn === undefined) {
      throw new AwsError(
        'BadRequestException',
        'CloudWatch Logs role ARN must be set in account settings to enable logging',
      );
    }
    const { canary: canarySettings, ...others } = settings;
    const canary =
      canarySettings === undefined ? known?.canary : makeCanary({ ...known, deploymentId }, canarySettings);
    checkCanary(api, canary);
    const given = Object.fromEntries(Object.entries(others).filter(([, value]) => value !== undefined));
    const stage: Stage = {
      createdDate: now,
      variables: {},
      methodSettings: {},
      tracingEnabled: false,
      tags: {},
      ...known,
      ...given,
      ...(canary !== undefined && { canary }),
      stageName,
      deploymentId,
      lastUpdatedDate: now,
    };
    api.stages[stageName] = stage;
    this.#store.changed();
    return stage;
  }

  /** Gives a stage these settings and no others. */
  replaceSettings(apiId: string, stageName: string, deploymentId: string, settings: StageSettings): Stage {
    const {
      accessLog: _log,
      canary: _canary,
      documentationVersion: _version,
      ...kept
    } = this.#store.stage(apiId, stageName);
    return this.putStage(apiId, stageName, deploymentId, settings, kept);
  }

  /** Lets a stage serve a deployment as its canary. @throws AwsError as `checkStageOfCanary` */
  putCanary(apiId: string, stageName: string | undefined, deploymentId: string, settings: CanarySettings): void {
    const stage = this.checkStageOfCanary(apiId, stageName);
    this.putStage(apiId, stage.stageName, stage.deploymentId, { canary: { ...settings, deploymentId } });
  }

  /** @throws AwsError for a stage that does not exist */
  checkStageOfCanary(apiId: string, stageName: string | undefined): Stage {
    const refuse = (message: string): never => {
      throw new AwsError('BadRequestException', `Invalid deployment content specified.${message}`);
    };
    if (stageName === undefined || stageName === '') {
      return refuse(
        `Non null and non empty stageName must be provided for canary deployment. Provided value is ${stageName ?? null}`,
      );
    }
    return (
      own(this.#store.api(apiId).stages, stageName) ??
      refuse(`Stage ${stageName} must already be created before making a canary release deployment`)
    );
  }

  /** Points a stage, made on demand, to a deployment that `withdraw` can take back from it. */
  takeStage(apiId: string, stageName: string, deploymentId: string, settings: StageSettings): void {
    const replacedStage = own(this.#store.api(apiId).stages, stageName);
    this.putStage(apiId, stageName, deploymentId, settings);
    if (replacedStage !== undefined) this.#store.deployment(apiId, deploymentId).replacedStage = replacedStage;
    this.#store.changed();
  }

  /**
   * Removes a deployment, its stage and its canary. The stage is removed only while it serves this deployment; while the deployment
   * that it served before exists, which is when an update of the stack is rolled back, it serves that one again.
   */
  withdraw(apiId: string, stageName: string, deploymentId: string): void {
    const api = this.#store.apis.get(apiId);
    if (api === undefined) return;
    if (own(api.stages, stageName)?.deploymentId === deploymentId) {
      const before = own(api.deployments, deploymentId)?.replacedStage;
      if (before !== undefined && own(api.deployments, before.deploymentId) !== undefined) {
        api.stages[stageName] = before;
      } else {
        delete api.stages[stageName];
      }
    }
    const stage = own(api.stages, stageName);
    if (stage?.canary?.deploymentId === deploymentId) delete stage.canary;
    this.remove(apiId, deploymentId);
  }

  removeStage(apiId: string, stageName: string): void {
    const api = this.#store.apis.get(apiId);
    if (api === undefined) return;
    delete api.stages[stageName];
    this.#store.changed();
  }

  /** @throws AwsError while a stage serves it */
  remove(apiId: string, deploymentId: string): void {
    const api = this.#store.apis.get(apiId);
    if (api === undefined) return;
    const refuseWith = (stages: string): never => {
      throw new AwsError('BadRequestException', `${stages} pointing to this deployment must be moved or deleted`);
    };
    for (const stage of Object.values(api.stages)) {
      if (stage.deploymentId === deploymentId) refuseWith('Active stages');
      if (stage.canary?.deploymentId === deploymentId) refuseWith('Active stages with canary settings');
    }
    delete api.deployments[deploymentId];
    this.#store.changed();
  }
}
