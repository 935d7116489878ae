import * as z from 'zod';
import { AwsError } from '../core/aws-error.ts';
import { property } from '../core/resource-type.ts';
import { checkVariables } from './check-variables.ts';
import { constraintError } from './function-name.ts';
import type { FunctionVersion } from './function-record.ts';

/** The configuration members that CloudFormation and the API spell alike. */
export const settingsShape = {
  Runtime: property.string().optional(),
  Role: property.string().optional(),
  Handler: property.string().optional(),
  Description: property.string().optional(),
  Timeout: property.integer().optional(),
  MemorySize: property.integer().optional(),
  Environment: z.strictObject({ Variables: z.record(z.string(), property.string()).optional() }).optional(),
  TracingConfig: property.kept(z.strictObject({ Mode: property.string().optional() }).optional()),
  Architectures: property.kept(z.array(property.string()).optional()),
  EphemeralStorage: property.kept(z.strictObject({ Size: property.integer() }).optional()),
  Layers: z.array(property.string()).optional(),
  DeadLetterConfig: z.strictObject({ TargetArn: property.string().optional() }).optional(),
  LoggingConfig: z
    .strictObject({
      LogFormat: property.string().optional(),
      LogGroup: property.string().optional(),
      ApplicationLogLevel: property.string().optional(),
      SystemLogLevel: property.string().optional(),
    })
    .optional(),
  /** Functions reach whatever the machine reaches. */
  VpcConfig: property.kept(
    z
      .strictObject({
        SubnetIds: z.array(property.string()).optional(),
        SecurityGroupIds: z.array(property.string()).optional(),
        Ipv6AllowedForDualStack: property.boolean().optional(),
      })
      .optional(),
  ),
};
export type Settings = z.infer<z.ZodObject<typeof settingsShape>> & { KmsKeyArn?: string | undefined };

export type Configuration = Omit<
  FunctionVersion,
  'functionName' | 'functionArn' | 'version' | 'codeSha256' | 'codeSize' | 'lastModified' | 'revisionId'
>;

const runtimes = ['nodejs20.x', 'nodejs22.x', 'nodejs24.x'] as const;

/** What a function is when its maker says nothing. */
export function defaultConfiguration(functionName: string): Configuration {
  return {
    runtime: '',
    role: '',
    handler: '',
    description: '',
    timeout: 3,
    memorySize: 128,
    variables: {},
    architecture: 'x86_64',
    ephemeralStorage: 512,
    tracingMode: 'PassThrough',
    logging: { format: 'Text', group: `/aws/lambda/${functionName}`, applicationLevel: 'INFO', systemLevel: 'INFO' },
  };
}

/** `base` with what `settings` says instead. @throws AwsError ValidationException, InvalidParameterValueException */
export function configure(base: Configuration, settings: Settings): Configuration {
  const next: Configuration = {
    ...base,
    runtime: settings.Runtime ?? base.runtime,
    role: settings.Role ?? base.role,
    handler: settings.Handler ?? base.handler,
    description: settings.Description ?? base.description,
    timeout: settings.Timeout ?? base.timeout,
    memorySize: settings.MemorySize ?? base.memorySize,
    variables: settings.Environment === undefined ? base.variables : (settings.Environment.Variables ?? {}),
    architecture: oneArchitecture(settings.Architectures) ?? base.architecture,
    ephemeralStorage: settings.EphemeralStorage?.Size ?? base.ephemeralStorage,
    tracingMode: settings.TracingConfig?.Mode ?? base.tracingMode,
    logging: configureLogging(base.logging, settings.LoggingConfig ?? {}),
    ...optionalSettings(settings),
  };
  checkModel(next, settings);
  checkDeadLetters(next.deadLetterArn);
  checkVariables(next.variables);
  return next;
}

function configureLogging(
  base: Configuration['logging'],
  settings: NonNullable<Settings['LoggingConfig']>,
): Configuration['logging'] {
  return {
    format: logFormat(settings.LogFormat) ?? base.format,
    group: settings.LogGroup ?? base.group,
    applicationLevel: settings.ApplicationLogLevel ?? base.applicationLevel,
    systemLevel: settings.SystemLogLevel ?? base.systemLevel,
  };
}

/** What a function may lack; empty text takes it away. */
function optionalSettings({ DeadLetterConfig: deadLetter, KmsKeyArn: key, VpcConfig: vpc }: Settings) {
  return {
    ...(deadLetter === undefined ? {} : { deadLetterArn: deadLetter.TargetArn || undefined }),
    ...(key === undefined ? {} : { kmsKeyArn: key || undefined }),
    ...(vpc === undefined
      ? {}
      : { vpc: { subnetIds: vpc.SubnetIds ?? [], securityGroupIds: vpc.SecurityGroupIds ?? [] } }),
  };
}

function checkModel(next: Configuration, { Runtime: runtime }: Settings): void {
  if (!runtimes.some((known) => known === next.runtime)) {
    throw new AwsError(
      'InvalidParameterValueException',
      `Value ${runtime ?? ''} at 'runtime' failed to satisfy constraint: the local endpoint runs ${runtimes.join(', ')} only. See the support matrix of local-aws.`,
    );
  }
  const rolePattern = String.raw`arn:(aws[a-zA-Z-]*)?:iam::\d{12}:role/?[a-zA-Z_0-9+=,.@\-_/]+`;
  if (!new RegExp(`^${rolePattern}$`).test(next.role)) {
    throw constraintError(next.role, 'role', `regular expression pattern: ${rolePattern}`);
  }
  if (!/^[^\s]{1,128}$/.test(next.handler)) {
    throw constraintError(next.handler, 'handler', String.raw`regular expression pattern: [^\s]+`);
  }
  checkRange(next.timeout, 'timeout', 1, 900);
  checkRange(next.memorySize, 'memorySize', 128, 10_240);
  checkRange(next.ephemeralStorage, 'ephemeralStorage.size', 512, 10_240);
  if (next.description.length > 256) {
    throw constraintError(next.description, 'description', 'length less than or equal to 256');
  }
  checkEnum(next.tracingMode, 'tracingConfig.mode', ['Active', 'PassThrough']);
  checkEnum(next.logging.applicationLevel, 'loggingConfig.applicationLogLevel', applicationLevels);
  checkEnum(next.logging.systemLevel, 'loggingConfig.systemLogLevel', ['DEBUG', 'INFO', 'WARN']);
  if (!/^[.\-_/#A-Za-z0-9]{1,512}$/.test(next.logging.group)) {
    throw constraintError(
      next.logging.group,
      'loggingConfig.logGroup',
      'regular expression pattern: [\\.\\-_/#A-Za-z0-9]+',
    );
  }
}

function checkDeadLetters(arn: string | undefined): void {
  if (arn === undefined || /^arn:[\w-]+:(?:sqs|sns):/.test(arn)) return;
  throw new AwsError(
    'InvalidParameterValueException',
    `The dead-letter target ${arn} is not supported: Lambda sends failed events to SQS queues and SNS topics.`,
  );
}

const applicationLevels = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'];

function checkRange(value: number, member: string, minimum: number, maximum: number): void {
  if (value < minimum) throw constraintError(value, member, `value greater than or equal to ${minimum}`);
  if (value > maximum) throw constraintError(value, member, `value less than or equal to ${maximum}`);
}

function checkEnum(value: string, member: string, values: readonly string[]): void {
  if (!values.includes(value)) throw constraintError(value, member, `enum value set: [${values.join(', ')}]`);
}

function oneArchitecture(architectures: readonly string[] | undefined): string | undefined {
  const [only, ...others] = architectures ?? [];
  if (only === undefined) return undefined;
  const shown = `[${architectures?.join(', ')}]`;
  if (others.length > 0) throw constraintError(shown, 'architectures', 'length less than or equal to 1');
  if (only !== 'x86_64' && only !== 'arm64') {
    const constraint = 'constraint: [Member must satisfy enum value set: [x86_64, arm64], Member must not be null]';
    throw constraintError(shown, 'architectures', constraint);
  }
  return only;
}

function logFormat(format: string | undefined): 'Text' | 'JSON' | undefined {
  if (format === undefined || format === 'Text' || format === 'JSON') return format;
  throw constraintError(format, 'loggingConfig.logFormat', 'enum value set: [JSON, Text]');
}
