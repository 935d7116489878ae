import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { parse } from 'yaml';
import { ServiceFault } from './service-fault.ts';

/** The parameters that the plugin goes by; `shared/serverless/params.schema.yml` has all of them. */
export type Parameters = {
  readonly logRetentionInDays: number;
  readonly tracing: boolean;
  readonly corsOrigin: string;
  readonly throttlingRateLimit: number;
  readonly throttlingBurstLimit: number;
  readonly accessLogs: boolean;
  readonly executionLogs: boolean;
  readonly apiKeyRequired: boolean;
  readonly usagePlanQuota: number;
  readonly reservedConcurrency: number;
  /** `none`, or a deployment configuration of CodeDeploy without `CodeDeployDefault.Lambda`. */
  readonly gradualDeployment: string;
  readonly auth: 'none' | 'jwt' | 'cognito' | 'lambda' | 'iam';
  readonly oidcIssuer: string;
  readonly oidcAudience: string;
  readonly userPoolArn: string;
  readonly userPoolClientId: string;
  readonly authorizerFunctionArn: string;
  readonly domainName: string;
  readonly disableExecuteApiEndpoint: boolean;
  readonly webAcl: string;
  readonly billingMode: 'PAY_PER_REQUEST' | 'PROVISIONED';
  readonly readCapacityUnits: number;
  readonly writeCapacityUnits: number;
  readonly readCapacityMaximum: number;
  readonly writeCapacityMaximum: number;
  readonly deletionPolicy: 'Retain' | 'Delete';
  readonly deletionProtection: boolean;
  readonly encryptionKey: string;
  readonly tags: string;
};

type Rule = { readonly if: { readonly properties: Readonly<Record<string, { readonly const?: string }>> } };

const schema: { readonly allOf: readonly Rule[] } = parse(
  readFileSync(new URL('../params.schema.yml', import.meta.url), 'utf8'),
);
// Every command of the CLI reads this; a test checks that the schema is one.
const validate = new Ajv2020({
  allErrors: true,
  coerceTypes: true,
  strict: false,
  validateSchema: false,
}).compile<Parameters>(schema);

/**
 * So that the role of every function of the project has a name of at most 64 characters in every region. All services
 * refuse a longer one, before the first of them is deployed.
 */
const longestStage = 23;

/**
 * The parameters of a deploy with the types that their schema gives them. The framework ignores parameters that it does
 * not know, and a misspelled `auth` would leave the APIs open.
 * @param sources by increasing precedence: the defaults, the stage, the command line
 * @throws ServiceFault that names every unknown parameter and every wrong value
 */
export function readParameters(stage: string, ...sources: readonly (object | undefined)[]): Parameters {
  const given: Record<string, unknown> = Object.assign({}, ...sources);
  const typed: unknown = { ...given };
  if (validate(typed)) {
    const faults = faultsOfStage(stage, typed);
    if (faults.length > 0) throw new ServiceFault(faults.join('; '));
    return typed;
  }
  throw new ServiceFault(faultsOf(given).join('; '));
}

/** The `name=value` texts of a command line, by name. */
export function givenParameters(texts: string | readonly string[] = []): Readonly<Record<string, string>> {
  return Object.fromEntries(
    [texts].flat().map((text) => {
      const [, name = text, value = ''] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
      return [name, value.trimEnd()];
    }),
  );
}

/** What is wrong with parameters, of which those from the command line are text. */
export function faultsOf(parameters: Readonly<Record<string, unknown>>): readonly string[] {
  if (validate({ ...parameters })) return [];
  return (validate.errors ?? [])
    .filter(({ keyword }) => keyword !== 'if')
    .map(({ instancePath, schemaPath, keyword, params, message }) => {
      const name = instancePath.slice(1);
      const [, number] = /^#\/allOf\/(\d+)\/then\//.exec(schemaPath) ?? [];
      const rule = schema.allOf[Number(number)];
      if (rule !== undefined) {
        const needed = keyword === 'const' ? `${name}=${params.allowedValue}` : `the parameter ${name}`;
        return `${reasonOf(rule)} needs ${needed}`;
      }
      if (keyword === 'additionalProperties') return `there is no parameter ${params.additionalProperty}`;
      const allowed = keyword === 'enum' ? `: ${params.allowedValues.join(', ')}` : '';
      return `the parameter ${name} is ${JSON.stringify(parameters[name])}, but ${message}${allowed}`;
    });
}

/** Why no service can be deployed to the stage, or not with the parameters. */
export function faultsOfStage(
  stage: string,
  { auth, userPoolArn }: Partial<Pick<Parameters, 'auth' | 'userPoolArn'>>,
): readonly string[] {
  const isDomain = /^(?!.*(?:aws|amazon|cognito))[a-z0-9-]{1,36}$/.test(stage);
  return [
    ...(stage.length <= longestStage
      ? []
      : [
          `the name of the stage ${stage} has ${stage.length} characters: it can have ${longestStage}, since the names of ` +
            'roles have it in them and IAM allows these 64',
        ]),
    ...(auth !== 'cognito' || userPoolArn || isDomain
      ? []
      : [
          `the stage ${stage} cannot be in the domain of a user pool: auth=cognito needs one of at most 36 lower-case ` +
            'letters, digits and hyphens, without aws, amazon and cognito',
        ]),
  ];
}

/** The parameter, and the value if it takes a certain one, that a rule is for. */
function reasonOf({ if: { properties } }: Rule): string {
  const [name = '', { const: value } = {}] = Object.entries(properties)[0] ?? [];
  return value === undefined ? name : `${name}=${value}`;
}
