import http from 'node:http';
import { noteUnseen } from '../../deploy-inputs.ts';
import type { AwsProvider, Serverless } from '../framework.ts';
import { ServiceFault } from '../service-fault.ts';
import { endpointPort, endpointVariables, localRegion, testCredentials, withoutAws } from './environment.ts';
import { refuseAws } from './refuse-aws.ts';
import { requireEndpoint, worksOffline } from './require-endpoint.ts';

/** Whether the stage is `local` or listed under `custom.localstack.stages`. */
export function isLocalStage(serverless: Serverless): boolean {
  const { stages = [] } = localstackOf(serverless);
  if (!Array.isArray(stages)) throw new ServiceFault('custom.localstack.stages must be a list of stages.');
  return ['local', ...stages].includes(serverless.getProvider('aws').getStage());
}

/**
 * Binds a command to the endpoint. Accounts, profiles and proxies of the environment, the command line and the service
 * configuration have no effect. The region is that of `--region`, else us-east-1: the environment and the service are for
 * AWS. It is constructed with the plugin: the framework resolves `${cf:…}`, `${ssm:…}`, `${s3:…}` and `${aws:…}` after that.
 */
export class LocalStage {
  readonly #serverless: Serverless;
  readonly #port: number;
  readonly #region: string;
  #listening: Promise<void> | undefined;
  #isConfigured = false;

  constructor(serverless: Serverless) {
    this.#serverless = serverless;
    const { host, edgePort } = localstackOf(serverless);
    this.#region = serverless.processedInput.options.region ?? localRegion;
    if (host !== undefined && !/^https?:\/\/(?:localhost|127\.0\.0\.1|\[::1\])(?::\d+)?\/?$/.test(String(host))) {
      throw new ServiceFault(`custom.localstack.host must be this machine, not "${host}".`);
    }
    try {
      this.#port = endpointPort(process.env, edgePort);
    } catch (error) {
      throw new ServiceFault(error instanceof Error ? error.message : String(error));
    }
    this.bindEnvironment();
    this.#bindProvider(serverless.getProvider('aws'));
    refuseAws();
  }

  /** All variables are resolved. */
  endConfiguration(): void {
    this.#isConfigured = true;
  }

  /** Binds `process.env`, and again what `invoke local` has put there for the function. */
  bindEnvironment(): void {
    const bound = { ...withoutAws(process.env), ...endpointVariables(this.#port, this.#region) };
    for (const name of Object.keys(process.env)) if (!(name in bound)) delete process.env[name];
    Object.assign(process.env, bound);
    // With NODE_USE_ENV_PROXY, Node has read the proxies when it started. Without a proxy this call changes nothing.
    http.setGlobalProxyFromEnv?.({ http_proxy: 'http://localhost', https_proxy: 'http://localhost', no_proxy: '*' });
  }

  /** @throws Error if the command needs the endpoint and it does not listen */
  async requireEndpoint(): Promise<void> {
    const { commands, isHelpRequest } = this.#serverless.processedInput;
    if (isHelpRequest !== true && !worksOffline(commands[0] ?? '')) await this.#requireListening();
  }

  refuseDocker(): void {
    if (this.#serverless.processedInput.options.docker !== true) return;
    throw new ServiceFault('invoke local --docker: a container cannot reach the endpoint. Leave --docker out.');
  }

  #bindProvider(provider: AwsProvider): void {
    const { sdk } = provider;
    const region = this.#region;
    const credentials = new sdk.Credentials(testCredentials);
    const endpoint = process.env.AWS_ENDPOINT_URL;
    // The framework's modules have read the proxy and the environment's keys when they were loaded.
    delete sdk.config.httpOptions.agent;
    sdk.config.update({ credentials, endpoint, region, s3ForcePathStyle: true });
    const request = provider.request.bind(provider);
    this.#serverless.service.provider.region = region;
    Object.assign(provider, {
      cachedCredentials: { credentials },
      getCredentials: () => provider.cachedCredentials,
      getAwsSdkV3CredentialsProvider: () => async () => testCredentials,
      getProfile: () => undefined,
      getRegion: () => region,
      request: async (...args: readonly unknown[]) => {
        await this.#requireListening();
        if (!this.#isConfigured) this.#noteVariable(args);
        return request(...args);
      },
    });
  }

  /** The account is always the same. */
  #noteVariable([service, method]: readonly unknown[]): void {
    if (service !== 'STS') noteUnseen(`${service}.${method}`);
  }

  #requireListening(): Promise<void> {
    this.#listening ??= requireEndpoint(this.#port).catch((error: Error) => {
      throw new this.#serverless.classes.Error(error.message, 'NO_ENDPOINT');
    });
    return this.#listening;
  }
}

function localstackOf({ configurationInput }: Serverless): Readonly<Record<string, unknown>> {
  return Object(configurationInput.custom?.localstack);
}
