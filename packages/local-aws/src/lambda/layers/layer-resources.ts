import * as z from 'zod';
import { generatedName } from '../../core/generated-name.ts';
import { defineResource, property, type ResourceType } from '../../core/resource-type.ts';
import { parseLayerName, parseLayerVersionArn } from './layer-name.ts';
import { addLayerPermission, removeLayerPermission } from './layer-permissions.ts';
import { layerVersionArn } from './layer-record.ts';
import type { LayerStore } from './layer-store.ts';
import type { PublishLayer } from './publish-layer.ts';

/** AWS::Lambda::LayerVersion and its permission. */
export function layerResourceTypes(layers: LayerStore, publish: PublishLayer): ResourceType[] {
  return [layerVersionType(layers, publish), layerPermissionType(layers)];
}

function layerVersionType(layers: LayerStore, publish: PublishLayer): ResourceType {
  return defineResource({
    type: 'AWS::Lambda::LayerVersion',
    properties: z.strictObject({
      LayerName: property.string().optional(),
      Description: property.string().optional(),
      Content: z.strictObject({
        S3Bucket: property.string(),
        S3Key: property.string(),
        S3ObjectVersion: property.string().optional(),
      }),
      CompatibleRuntimes: z.array(property.string()).optional(),
      CompatibleArchitectures: z.array(property.string()).optional(),
      LicenseInfo: property.string().optional(),
    }),
    replaceOn: 'any',
    async create({ LayerName, Content, ...settings }, context) {
      const { S3Bucket: bucket, S3Key: key, S3ObjectVersion: objectVersion } = Content;
      // Versions of one layer: a new generation of the resource is not a new layer.
      const name = LayerName ?? generatedName({ ...context, generation: 0 }, 64);
      const { layer, version } = await publish({
        name: parseLayerName(name),
        source: { bucket, key, objectVersion },
        ...settings,
      });
      const arn = layerVersionArn(layer, version);
      return { physicalId: arn, attributes: { LayerVersionArn: arn } };
    },
    delete({ physicalId }) {
      const parsed = parseLayerVersionArn(physicalId);
      if (parsed !== undefined) layers.remove(parsed.name, parsed.version);
    },
  });
}

function layerPermissionType(layers: LayerStore): ResourceType {
  const find = (arn: string) => {
    const parsed = parseLayerVersionArn(arn);
    const layer = parsed && layers.find(parsed.name);
    const version = parsed && layers.findVersion(parsed.name, parsed.version);
    return layer === undefined || version === undefined ? undefined : { layer, version };
  };
  return defineResource({
    type: 'AWS::Lambda::LayerVersionPermission',
    properties: z.strictObject({
      LayerVersionArn: property.string(),
      Action: property.string(),
      Principal: property.string(),
      OrganizationId: property.string().optional(),
    }),
    replaceOn: 'any',
    create({ LayerVersionArn, ...permission }, context) {
      const found = find(LayerVersionArn);
      if (found === undefined) throw new Error(`Layer version ${LayerVersionArn} does not exist.`);
      const StatementId = generatedName(context, 100);
      addLayerPermission(found.layer, found.version, { ...permission, StatementId });
      layers.changed(found.layer.name);
      const physicalId = `${LayerVersionArn}#${StatementId}`;
      return { physicalId, attributes: { Id: physicalId } };
    },
    delete({ physicalId }, { LayerVersionArn }) {
      const found = find(LayerVersionArn);
      const sid = physicalId.split('#').at(-1) ?? '';
      if (found === undefined || !found.version.policy?.statements.some(({ Sid }) => Sid === sid)) return;
      removeLayerPermission(found.version, sid);
      layers.changed(found.layer.name);
    },
  });
}
