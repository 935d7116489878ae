import { type Combination, coverPairs } from './cover-pairs.ts';
import { placeholderAccount } from './output-placeholder.ts';

/** The options of one deploy of the whole system: a stage and parameters, as `--param "name=value"` gives them. */
export type OptionSet = {
  readonly name: string;
  readonly stage: string;
  readonly params: Readonly<Record<string, string>>;
};

type Params = Readonly<Record<string, string>>;

const account = `us-east-1:${placeholderAccount}`;
const id = '11111111-2222-3333-4444-555555555555';

/** What may be chosen of each option; `default` is the value of the stage in shared/serverless/params.yml. */
const options: Readonly<Record<string, Readonly<Record<string, Params>>>> = {
  auth: {
    default: {},
    jwt: { auth: 'jwt', oidcIssuer: 'https://issuer.example.com', oidcAudience: 'serverless-microservices' },
    ownPool: { auth: 'cognito', callbackUrl: 'https://app.example.com/callback' },
    givenPool: {
      auth: 'cognito',
      userPoolArn: `arn:aws:cognito-idp:${account}:userpool/us-east-1_Example01`,
      userPoolClientId: '1example23456789client',
    },
    lambda: { auth: 'lambda', authorizerFunctionArn: `arn:aws:lambda:${account}:function:authorizer` },
    iam: { auth: 'iam' },
  },
  domain: {
    default: {},
    withoutZone: {
      domainName: 'api.example.com',
      certificateArn: `arn:aws:acm:${account}:certificate/${id}`,
      disableExecuteApiEndpoint: 'false',
    },
    withZone: {
      domainName: 'api.example.com',
      certificateArn: `arn:aws:acm:${account}:certificate/${id}`,
      hostedZoneId: 'Z0123456789EXAMPLE',
      disableExecuteApiEndpoint: 'true',
    },
  },
  webAcl: {
    default: {},
    managed: { webAcl: 'managed', webAclLogs: 'true' },
    given: { webAcl: `arn:aws:wafv2:${account}:regional/webacl/example/${id}` },
  },
  accountRole: { default: {}, on: { apiGatewayAccountRole: 'true' } },
  logs: {
    default: {},
    access: { accessLogs: 'true' },
    execution: { executionLogs: 'true' },
    all: { accessLogs: 'true', executionLogs: 'true' },
  },
  apiKey: {
    default: {},
    required: { apiKeyRequired: 'true' },
    withQuota: { apiKeyRequired: 'true', usagePlanQuota: '100000' },
  },
  tables: {
    default: {},
    provisioned: { billingMode: 'PROVISIONED', readCapacityUnits: '7', writeCapacityUnits: '3' },
    scaling: {
      billingMode: 'PROVISIONED',
      readCapacityUnits: '7',
      writeCapacityUnits: '3',
      readCapacityMaximum: '70',
      writeCapacityMaximum: '30',
    },
  },
  people: {
    default: {},
    told: { notificationEmail: 'orders@example.com', alarmEmail: 'alarms@example.com', monthlyBudget: '100' },
  },
  morning: {
    default: {},
    off: { morningPlan: 'false' },
    on: {
      morningPlan: 'true',
      morningPlanHour: '6',
      morningPlanTimezone: 'Europe/Berlin',
      morningPlanUser: 'alice',
      morningPlanEmail: 'plans@example.com',
    },
  },
  // Away from what each stage has by default.
  protection: {
    default: {},
    kept: { deletionPolicy: 'Retain', deletionProtection: 'true' },
    dropped: { deletionPolicy: 'Delete', deletionProtection: 'false' },
  },
  encryption: {
    default: {},
    given: { encryptionKey: `arn:aws:kms:${account}:key/${id}` },
    made: { encryptionKey: 'customer' },
  },
  gradual: {
    default: {},
    atOnce: { gradualDeployment: 'AllAtOnce' },
    canary: { gradualDeployment: 'Canary10Percent5Minutes' },
  },
  tracing: { default: {}, on: { tracing: 'true' }, off: { tracing: 'false' } },
  sizes: {
    default: {},
    own: {
      memorySize: '1024',
      timeout: '20',
      logRetentionInDays: '365',
      logLevel: 'DEBUG',
      throttlingRateLimit: '50',
      throttlingBurstLimit: '20',
      reservedConcurrency: '5',
      corsOrigin: 'https://app.example.com',
      tags: 'team=commerce,cost-center=42',
    },
  },
};

export const stages = ['local', 'dev', 'prod'];

const factors = {
  stage: stages,
  ...Object.fromEntries(Object.entries(options).map(([option, values]) => [option, Object.keys(values)])),
};

const defaults = stages.map((stage) => ({ ...allDefault(), stage }));
const everything = stages.map((stage) => ({ ...allOn(), stage }));

/**
 * What is rendered and checked: the defaults of every stage, everything on in every stage, and every pair of values of
 * two options (the stage is one of them) in at least one set.
 */
export const optionSets: readonly OptionSet[] = [
  ...defaults.map((combination) => optionSet(`${combination.stage}-defaults`, combination)),
  ...everything.map((combination) => optionSet(`${combination.stage}-everything`, combination)),
  ...coverPairs(factors, [...defaults, ...everything]).map((combination, index) =>
    optionSet(`${combination.stage}-pairs-${index + 1}`, combination),
  ),
];

/**
 * The sets of these names, with commas between them, or all.
 * @throws Error that names an unknown set
 */
export function selectOptionSets(names: string): readonly OptionSet[] {
  if (names === 'all') return optionSets;
  return names.split(',').map((name) => {
    const set = optionSets.find((candidate) => candidate.name === name);
    if (set === undefined)
      throw new Error(`There are no options "${name}". There are: ${optionSets.map(({ name }) => name).join(', ')}.`);
    return set;
  });
}

function allDefault(): Combination {
  return Object.fromEntries(Object.keys(options).map((option) => [option, 'default']));
}

/** The last value of each option is the one with most in it; of authorizers the pool that the platform makes. */
function allOn(): Combination {
  const last = Object.entries(options).map(([option, values]) => [option, Object.keys(values).at(-1) ?? 'default']);
  return { ...Object.fromEntries(last), auth: 'ownPool', webAcl: 'managed', protection: 'kept', tracing: 'on' };
}

function optionSet(name: string, { stage = '', ...chosen }: Combination): OptionSet {
  const params = Object.entries(chosen).map(([option, value]) => options[option]?.[value] ?? {});
  return { name, stage, params: Object.assign({}, ...params) };
}
