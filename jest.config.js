/**
 * Jest runs ES modules as Node does: no transform, since Node strips the types. That takes `--experimental-vm-modules`,
 * which npm and npx set as `.npmrc` says.
 *
 * @param {string} displayName
 * @param {readonly string[]} folders
 * @param {import('jest').Config} options
 * @returns {import('jest').Config}
 */
function project(displayName, folders, options = {}) {
  return {
    displayName,
    roots: folders.map((folder) => `<rootDir>/${folder}`),
    testMatch: ['**/*.test.ts'],
    extensionsToTreatAsEsm: ['.ts'],
    transform: {},
    injectGlobals: false,
    restoreMocks: true,
    setupFiles: ['<rootDir>/test/support/jest-setup.ts'],
    modulePathIgnorePatterns: ['/\\.(serverless|esbuild|local)/'],
    ...options,
  };
}

/** @type {import('jest').Config} */
const deployed = {
  globalSetup: '<rootDir>/test/end-to-end/setup.ts',
  globalTeardown: '<rootDir>/test/end-to-end/teardown.ts',
  runner: '<rootDir>/test/end-to-end/one-worker-runner.js',
};

/** @type {import('jest').Config} */
const contract = {
  testMatch: ['**/{commerce,friends,planner,products,smoke,tasks,users-async}.test.ts'],
  runner: '<rootDir>/test/end-to-end/one-worker-runner.js',
};

/** @type {import('jest').Config} */
export default {
  maxWorkers: 2,
  // Tests start engines, endpoints and commands; a busy machine takes its time for that.
  testTimeout: 300_000,
  // `.ci/run` asks for it; `npm run test:coverage` does on the command line.
  collectCoverage: process.env.COVERAGE === 'true',
  coverageProvider: 'v8',
  collectCoverageFrom: ['services/*/src/**/*.ts', 'shared/**/*.ts', '!**/*.fixture.ts', '!**/*.test.ts'],
  coverageReporters: process.env.COVERAGE === 'true' ? ['json-summary'] : ['text', 'lcov'],
  reporters: ['default', '<rootDir>/test/results/jest-counts.js'],
  projects: [
    project('unit', ['services', 'shared', 'test'], {
      testPathIgnorePatterns: ['/node_modules/', '<rootDir>/test/(browser|command-line|options|end-to-end)/'],
    }),
    project('command-line', ['test/command-line', 'tools']),
    project('browser', ['test/browser']),
    project('options', ['test/options']),
    project('end-to-end', ['test/end-to-end'], {
      ...deployed,
      testPathIgnorePatterns: ['/node_modules/', '/(readmes|events|costs)\\.test'],
    }),
    // Runs every command of the READMEs and every example event, most of which start the Serverless CLI, and counts the
    // requests of every operation.
    project('documented', ['test/end-to-end'], { ...deployed, testMatch: ['**/{readmes,events,costs}.test.ts'] }),
    // Those of them that need no insides of the endpoint, against a deployed stage: `npm run test:contract`.
    ...(process.env.CONTRACT_STAGE ? [project('contract', ['test/end-to-end'], contract)] : []),
  ],
};
