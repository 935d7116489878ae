// serverless-esbuild, with two amends: commands that bundle nothing do not load it, which is a third of what they take,
// and osls-compose runs one (`info`) after each deploy; and the copies of bundles that it leaves in the temporary folder
// (it removes them as empty folders, which they are not) are removed.
const { readdirSync, rmSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join } = require('node:path');

const bundlingNothing = ['info', 'logs', 'print', 'remove'];

module.exports = class Esbuild {
  constructor(serverless, options, utils) {
    if (bundlingNothing.includes(serverless.processedInput.commands[0])) {
      // Part of the schema that every service is checked against, whatever the command.
      serverless.configSchemaHandler.defineFunctionProperties('aws', {
        properties: { skipEsbuild: { type: 'boolean' } },
      });
      return;
    }
    const ServerlessEsbuild = require('serverless-esbuild');
    this.hooks = new ServerlessEsbuild(serverless, options, utils).hooks;
  }
};

// They are named `<function>-<process>-<milliseconds>-<8 hexadecimal digits>`.
process.once('exit', () => {
  const ofThisProcess = new RegExp(`-${process.pid}-\\d+-[\\da-f]{8}$`);
  for (const name of readdirSync(tmpdir()).filter((each) => ofThisProcess.test(each))) {
    rmSync(join(tmpdir(), name), { recursive: true, force: true });
  }
});
