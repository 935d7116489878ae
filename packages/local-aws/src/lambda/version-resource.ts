import * as z from 'zod';
import { defineResource, property, type ResourceType } from '../core/resource-type.ts';
import { parseFunctionName } from './function-name.ts';
import { locateQualifier } from './locate-qualifier.ts';
import { deleteProvisioned } from './provisioned-actions.ts';
import { type ProvisionedPorts, provision, provisionedProperty } from './provisioned-property.ts';
import { publishVersion } from './publish-version.ts';
import { forgetQualifier } from './resource-policy.ts';

/** AWS::Lambda::Version. */
export function versionType(ports: ProvisionedPorts): ResourceType {
  const { functions } = ports;
  return defineResource({
    type: 'AWS::Lambda::Version',
    properties: z.strictObject({
      FunctionName: property.string(),
      CodeSha256: property.string().optional(),
      Description: property.string().optional(),
      ProvisionedConcurrencyConfig: provisionedProperty,
      RuntimePolicy: property.inert(),
    }),
    replaceOn: 'any',
    async create({ FunctionName, CodeSha256, Description, ProvisionedConcurrencyConfig }, { region }) {
      const record = functions.get(parseFunctionName(FunctionName), region);
      if (CodeSha256 !== undefined && CodeSha256 !== record.latest.codeSha256) {
        throw new Error(
          `CodeSHA256 (${CodeSha256}) is different from current CodeSHA256 in $LATEST (${record.latest.codeSha256}).`,
        );
      }
      const { version } = publishVersion(record, Description);
      functions.changed();
      try {
        await provision(ports, record, version, ProvisionedConcurrencyConfig);
      } catch (error) {
        deleteProvisioned(functions, record, version);
        throw error;
      }
      const versionArn = `${record.arn}:${version}`;
      return { physicalId: versionArn, attributes: { Version: version, FunctionArn: versionArn } };
    },
    delete({ physicalId }) {
      const found = locateQualifier(functions, physicalId);
      if (found === undefined) return;
      const { record, qualifier } = found;
      record.versions = record.versions.filter(({ version }) => version !== qualifier);
      forgetQualifier(record, qualifier);
      functions.changed();
    },
  });
}
