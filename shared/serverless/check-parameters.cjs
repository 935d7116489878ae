// Refuses parameters that no service knows and values that none can take, before anything is made of them: the
// framework itself ignores what it does not know, and an `auth` that is misspelt would leave the APIs open.
const { readFileSync } = require('node:fs');
const { join } = require('node:path');
const { default: Ajv } = require('ajv/dist/2020');
const { parse } = require('yaml');

const schema = parse(readFileSync(join(__dirname, 'params.schema.yml'), 'utf8'));
// Every command of the CLI reads this; that the schema is one, a test says.
const validate = new Ajv({ allErrors: true, coerceTypes: true, strict: false, validateSchema: false }).compile(schema);

/** @returns true; anything else would be a part of what the framework compares to tell whether something has changed */
module.exports = async ({ options, resolveConfigurationProperty, resolveVariable }) => {
  const params = await resolveConfigurationProperty(['params']);
  const stage = await resolveVariable('sls:stage');
  const given = [options.param ?? []].flat().map((text) => text.split(/=(.*)/s));
  const parameters = { ...params.default, ...params[stage], ...Object.fromEntries(given) };
  const faults = [...faultsOf(parameters), ...faultsOfStage(stage, parameters)];
  // Without a stack, which the framework would print for the operator to read.
  if (faults.length > 0) throw Object.assign(new Error(faults.join('; ')), { stack: undefined });
  return true;
};

/**
 * @param {Record<string, unknown>} parameters by name; those from the command line are text
 * @returns {string[]} what is wrong with them
 */
function faultsOf(parameters) {
  if (validate({ ...parameters })) return [];
  return validate.errors
    .filter(({ keyword }) => keyword !== 'if')
    .map(({ instancePath, schemaPath, keyword, params, message }) => {
      const name = instancePath.slice(1);
      const [, rule] = /^#\/allOf\/(\d+)\/then\//.exec(schemaPath) ?? [];
      if (rule !== undefined) return `${reasonOf(schema.allOf[rule])} needs the parameter ${name}`;
      if (keyword === 'additionalProperties') return `there is no parameter ${params.additionalProperty}`;
      const allowed = keyword === 'enum' ? `: ${params.allowedValues.join(', ')}` : '';
      return `the parameter ${name} is ${JSON.stringify(parameters[name])}, but ${message}${allowed}`;
    });
}

/** @returns {string[]} why the stage cannot have what the parameters ask for */
function faultsOfStage(stage, { auth, userPoolArn }) {
  const isDomain = /^(?!.*(?:aws|amazon|cognito))[a-z0-9-]{1,36}$/.test(stage);
  if (auth !== 'cognito' || userPoolArn || isDomain) return [];
  return [
    `the stage ${stage} cannot be in the domain of a user pool: auth=cognito needs one of at most 36 lower-case letters, ` +
      'digits and hyphens, without aws, amazon and cognito',
  ];
}

/** @returns {string} the parameter, and the value if it takes a certain one, that a rule is for */
function reasonOf({ if: { properties } }) {
  const [[name, { const: value }]] = Object.entries(properties);
  return value === undefined ? name : `${name}=${value}`;
}

module.exports.faultsOf = faultsOf;
module.exports.faultsOfStage = faultsOfStage;
