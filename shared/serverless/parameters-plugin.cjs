// Refuses parameters that no service knows and values that none can take, before anything is made of them: the
// framework itself ignores what it does not know, and an `auth` that is misspelt would leave the APIs open.
const { readFileSync } = require('node:fs');
const { join } = require('node:path');
const { default: Ajv } = require('ajv/dist/2020');
const { parse } = require('yaml');

const schema = parse(readFileSync(join(__dirname, 'params.schema.yml'), 'utf8'));

/**
 * @param {Record<string, unknown>} parameters by name; those from the command line are text
 * @returns {string[]} what is wrong with them
 */
function faultsOf(parameters) {
  const validate = new Ajv({ allErrors: true, coerceTypes: true, strict: false }).compile(schema);
  if (validate({ ...parameters })) return [];
  return validate.errors
    .filter(({ keyword }) => keyword !== 'if')
    .map(({ instancePath, keyword, params, message }) => {
      const name = instancePath.slice(1);
      if (keyword === 'additionalProperties') return `There is no parameter ${params.additionalProperty}.`;
      const allowed = keyword === 'enum' ? `: ${params.allowedValues.join(', ')}` : '';
      return `The parameter ${name} is ${JSON.stringify(parameters[name])}, but ${message}${allowed}.`;
    });
}

class Parameters {
  constructor(serverless, options, { log }) {
    this.hooks = {
      initialize: () => {
        const { params = {} } = serverless.configurationInput;
        const stage = serverless.getProvider('aws').getStage();
        const given = [options.param ?? []].flat().map((text) => {
          const [, name, value] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
          return [name, value];
        });
        const faults = faultsOf({ ...params.default, ...params[stage], ...Object.fromEntries(given) });
        if (faults.length > 0) throw new serverless.classes.Error(faults.join('\n'), 'INVALID_PARAMETERS');
        log.debug(`parameters of stage ${stage} are valid`);
      },
    };
  }
}

module.exports = Parameters;
module.exports.faultsOf = faultsOf;
