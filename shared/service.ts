import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import * as z from 'zod/mini';
import { loadRootCertificates } from './aws/root-certificates.ts';
import { readEnv } from './env.ts';
import { once } from './once.ts';

/** What the functions of a microservice share: its name, logger, metrics and dependencies. */
export type Service<Dependencies> = Observability & {
  readonly name: string;
  /** Clients and repositories, built once and kept while the process lives. */
  readonly dependencies: () => Dependencies;
};

/** What a handler gets in its context to log and to count with. */
export type Observability = {
  readonly logger: Logger;
  readonly metrics: Metrics;
};

const lambdaEnv = z.object({ AWS_LAMBDA_FUNCTION_NAME: z.optional(z.string()) });

/**
 * Defines a microservice. `build` reads the environment and builds clients and repositories; no other code of a service
 * does. In a Lambda function it runs at once: the initialization of a cold start gets a whole CPU at any memory size.
 * Elsewhere it runs at the first event, so that tests can import handlers and pass their own dependencies. Metrics go to
 * one CloudWatch namespace and have the dimension `service`.
 *
 * `src/service.ts` calls it once for each set of dependencies. A bundle has only the set that its function uses: the
 * calls are marked `@__PURE__`, and `sideEffects` in package.json lets esbuild leave out modules that nothing uses.
 */
export function defineService<Dependencies>(name: string, build: () => Dependencies): Service<Dependencies> {
  const dependencies = once(build);
  if (readEnv(lambdaEnv).AWS_LAMBDA_FUNCTION_NAME !== undefined) {
    dependencies();
    loadRootCertificates();
  }
  return {
    name,
    logger: new Logger({ serviceName: name }),
    metrics: new Metrics({ namespace: 'ServerlessMicroservices', serviceName: name }),
    dependencies,
  };
}

/** A Lambda function that takes its dependencies from its service, or, by `with`, from its caller. */
export type Wired<Run, Dependencies> = Run & {
  /** The same function with these dependencies, as tests use it. */
  readonly with: (dependencies: Dependencies) => Run;
};

/** Connects a function with the dependencies of its service. `build` must not ask for them before the first event. */
export function wire<Run extends (...args: never[]) => unknown, Dependencies>(
  { dependencies }: Service<Dependencies>,
  build: (dependencies: () => Dependencies) => Run,
): Wired<Run, Dependencies> {
  return Object.assign(build(dependencies), { with: (given: Dependencies) => build(() => given) });
}
