import {
  type StartedTestEndpoint,
  startTestEndpoint,
  type TestEndpoint,
  type TestEndpointOptions,
} from './test-endpoint.ts';
import { hooksOfRunner, type TestHooks } from './test-hooks.ts';

export type UseEndpointOptions = TestEndpointOptions & {
  /** The hooks of the test runner, if they are not found by themselves. */
  readonly hooks?: TestHooks;
  /** How long the start and the deployments may take; five minutes by default. */
  readonly timeoutMs?: number;
};

/**
 * Starts an endpoint before the tests of a file or of a `describe`, deploys to it, and stops it after them. Works with
 * jest, node:test and other runners that have the same hooks. The endpoint that it returns can be used in tests and
 * hooks, not while the file is loaded.
 */
export function useEndpoint(options: UseEndpointOptions = {}): TestEndpoint {
  const { beforeAll, afterAll } = options.hooks ?? hooksOfRunner();
  const { timeoutMs = 5 * 60_000 } = options;
  let started: StartedTestEndpoint | undefined;
  const endpoint = (): TestEndpoint => {
    if (started !== undefined) return started;
    throw new Error('The endpoint does not run yet: use it in tests and hooks, not while the file is loaded.');
  };
  beforeAll(async () => {
    started = await startTestEndpoint(options);
  }, timeoutMs);
  afterAll(async () => {
    await started?.stop();
    started = undefined;
  }, timeoutMs);

  return {
    get url() {
      return endpoint().url;
    },
    get port() {
      return endpoint().port;
    },
    get clientConfig() {
      return endpoint().clientConfig;
    },
    client: (Client) => endpoint().client(Client),
    stack: (name) => endpoint().stack(name),
    apis: () => endpoint().apis(),
    apiUrl: (stack) => endpoint().apiUrl(stack),
    reset: () => endpoint().reset(),
    clock: { advance: (milliseconds) => endpoint().clock.advance(milliseconds) },
    untilIdle: (limit) => endpoint().untilIdle(limit),
    trace: (answer, limit) => endpoint().trace(answer, limit),
    faults: { inject: (fault) => endpoint().faults.inject(fault), clear: () => endpoint().faults.clear() },
    errors: () => endpoint().errors(),
  };
}
