import type { Serverless } from '#shared/serverless/plugin/framework.ts';
import { LocalStage } from '#shared/serverless/plugin/local/local-stage.ts';

/**
 * Binds the CLI to the endpoint, whatever the service and the environment name, and lets its process connect to no address of
 * AWS. It is the first plugin of a service, so that the others find it done.
 */
export class EndpointPlugin {
  readonly hooks: Readonly<Record<string, () => void>>;
  readonly #stage: LocalStage;

  constructor(serverless: Serverless) {
    this.#stage = new LocalStage(serverless);
    this.hooks = { initialize: () => this.#stage.endConfiguration() };
  }

  async asyncInit(): Promise<void> {
    await this.#stage.requireEndpoint();
  }
}
