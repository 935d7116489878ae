import { strToU8, zipSync } from 'fflate';
import * as z from 'zod';
import { generatedName } from '../core/generated-name.ts';
import { defineResource, property, type ResourceState, type ResourceType } from '../core/resource-type.ts';
import { resourceTags } from '../core/tags.ts';
import { withNodeHandler } from './bucket-notifications-handler.ts';
import { cfnResponse } from './cfn-response.ts';
import type { FunctionActions } from './function-actions.ts';
import type { FunctionRecord } from './function-record.ts';
import { settingsShape } from './function-settings.ts';
import type { FunctionStore } from './function-store.ts';
import type { CodeSource } from './load-code.ts';
import { checkReservation, reserveConcurrency } from './reserve-concurrency.ts';

const functionProperties = z.strictObject({
  ...settingsShape,
  FunctionName: property.string().optional(),
  Code: z.strictObject({
    S3Bucket: property.string().optional(),
    S3Key: property.string().optional(),
    S3ObjectVersion: property.string().optional(),
    /** The source of the one file index.js, unlike the API's member of that name. */
    ZipFile: property.string().optional(),
    SourceKMSKeyArn: property.inert(),
  }),
  KmsKeyArn: property.string().optional(),
  PackageType: z.literal('Zip').optional(),
  ReservedConcurrentExecutions: property.integer().optional(),
  Tags: property.tags().optional(),
  SnapStart: z.strictObject({ ApplyOn: z.literal('None', 'the local endpoint does not support SnapStart') }).optional(),
  RuntimeManagementConfig: property.inert(),
  RecursiveLoop: property.inert(),
  CodeSigningConfigArn: property.inert(),
});
type FunctionProperties = z.infer<typeof functionProperties>;

/** AWS::Lambda::Function. */
export function functionType(functions: FunctionStore, actions: FunctionActions): ResourceType {
  const state = ({ name, arn }: FunctionRecord): ResourceState => ({
    physicalId: name,
    attributes: { Arn: arn, 'SnapStartResponse.ApplyOn': 'None', 'SnapStartResponse.OptimizationStatus': 'Off' },
  });

  return defineResource({
    type: 'AWS::Lambda::Function',
    properties: functionProperties,
    replaceOn: ['FunctionName', 'PackageType'],
    async create(given, context) {
      const properties = withNodeHandler(given);
      const name = properties.FunctionName ?? generatedName(context, 64);
      checkReservation(functions, name, properties.ReservedConcurrentExecutions);
      const record = await actions.create({
        name,
        region: context.region,
        settings: properties,
        source: codeSource(properties.Code),
        tags: resourceTags(context.tags, properties.Tags),
      });
      reserveConcurrency(functions, record, properties.ReservedConcurrentExecutions);
      return state(record);
    },
    async update(given, current, context) {
      const properties = withNodeHandler(given);
      const record = functions.get(
        { name: current.state.physicalId, region: undefined, qualifier: undefined },
        context.region,
      );
      if (JSON.stringify(properties.Code) !== JSON.stringify(withNodeHandler(current.properties).Code)) {
        await actions.updateCode(record, codeSource(properties.Code));
      }
      await actions.replaceConfiguration(record, properties);
      record.tags = resourceTags(context.tags, properties.Tags);
      reserveConcurrency(functions, record, properties.ReservedConcurrentExecutions);
      return state(record);
    },
    delete({ physicalId }) {
      const record = functions.find(physicalId);
      if (record !== undefined) actions.remove(record);
    },
  });
}

function codeSource({ S3Bucket, S3Key, S3ObjectVersion, ZipFile }: FunctionProperties['Code']): CodeSource {
  if (ZipFile !== undefined) return { zip: inlineZip(ZipFile) };
  if (S3Bucket === undefined || S3Key === undefined) throw new Error('Code needs S3Bucket and S3Key, or ZipFile');
  return { bucket: S3Bucket, key: S3Key, objectVersion: S3ObjectVersion };
}

function inlineZip(source: string): Buffer {
  const files = {
    'index.js': strToU8(source),
    ...(source.includes('cfn-response') && { 'node_modules/cfn-response/index.js': strToU8(cfnResponse) }),
  };
  return Buffer.from(zipSync(files, { mtime: '1980-01-01' }));
}
