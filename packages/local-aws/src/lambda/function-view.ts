import { runtimeArn } from './environment-log.ts';
import type { FunctionVersion } from './function-record.ts';

/** A version as GetFunctionConfiguration shows it. @param arn with the qualifier that was asked for */
export function functionView(version: FunctionVersion, arn: string): object {
  const { logging, vpc, layers = [] } = version;
  return {
    FunctionName: version.functionName,
    FunctionArn: arn,
    Runtime: version.runtime,
    Role: version.role,
    Handler: version.handler,
    CodeSize: version.codeSize,
    CodeSha256: version.codeSha256,
    Description: version.description,
    Timeout: version.timeout,
    MemorySize: version.memorySize,
    LastModified: version.lastModified,
    Version: version.version,
    ...(Object.keys(version.variables).length === 0 ? {} : { Environment: { Variables: version.variables } }),
    ...(version.deadLetterArn === undefined ? {} : { DeadLetterConfig: { TargetArn: version.deadLetterArn } }),
    ...(version.kmsKeyArn === undefined ? {} : { KMSKeyArn: version.kmsKeyArn }),
    ...(layers.length === 0 ? {} : { Layers: layers.map(({ arn: Arn, codeSize: CodeSize }) => ({ Arn, CodeSize })) }),
    ...(vpc === undefined
      ? {}
      : { VpcConfig: { SubnetIds: vpc.subnetIds, SecurityGroupIds: vpc.securityGroupIds, VpcId: '' } }),
    TracingConfig: { Mode: version.tracingMode },
    RevisionId: version.revisionId,
    State: 'Active',
    LastUpdateStatus: 'Successful',
    PackageType: 'Zip',
    Architectures: [version.architecture],
    EphemeralStorage: { Size: version.ephemeralStorage },
    SnapStart: { ApplyOn: 'None', OptimizationStatus: 'Off' },
    RuntimeVersionConfig: { RuntimeVersionArn: runtimeArn(version) },
    LoggingConfig: {
      LogFormat: logging.format,
      LogGroup: logging.group,
      ...(logging.format === 'JSON'
        ? { ApplicationLogLevel: logging.applicationLevel, SystemLogLevel: logging.systemLevel }
        : {}),
    },
  };
}
