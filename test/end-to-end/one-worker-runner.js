import TestRunner from 'jest-runner';

/**
 * Runs one test file after the other, since they share an endpoint, and in a process of their own, since the endpoint
 * lives in the process of jest.
 */
export default class OneWorkerRunner extends TestRunner {
  constructor(globalConfig, context) {
    super({ ...globalConfig, maxWorkers: 1 }, context);
  }

  runTests(tests, watcher, options) {
    return super.runTests(tests, watcher, { ...options, serial: false });
  }
}
