import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import { once } from './once.ts';

/** What every function of a microservice shares: its name, its log, its metrics and its dependencies. */
export type Service<Dependencies> = {
  readonly name: string;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Clients and repositories, built at the first event of a cold start and kept while the process lives. */
  readonly dependencies: () => Dependencies;
};

/**
 * The composition root of a microservice. `build` reads the environment and builds clients and repositories; nothing
 * else of a service does. Metrics go to one CloudWatch namespace, told apart by the `service` dimension.
 */
export function defineService<Dependencies>(name: string, build: () => Dependencies): Service<Dependencies> {
  return {
    name,
    logger: new Logger({ serviceName: name }),
    metrics: new Metrics({ namespace: 'ServerlessMicroservices', serviceName: name }),
    dependencies: once(build),
  };
}
