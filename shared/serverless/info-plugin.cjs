// Lets `info` take the configuration as it is. osls-compose runs it after each deploy, for the outputs; to check anew what
// was deployed a moment ago is half of its work.
module.exports = class Info {
  constructor({ configSchemaHandler, processedInput }) {
    if (processedInput.commands[0] === 'info') configSchemaHandler.validateConfig = async () => {};
  }
};
