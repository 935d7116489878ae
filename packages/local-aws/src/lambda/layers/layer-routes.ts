import * as z from 'zod';
import type { PathParameters } from '../../core/path-template.ts';
import type { RestRoute } from '../../core/rest-protocol.ts';
import type { CodeStore } from '../code-store.ts';
import type { Download } from '../download.ts';
import { constraintError } from '../function-name.ts';
import { notFound } from '../function-store.ts';
import { codeShape, codeSource } from '../package-input.ts';
import { policyDocument } from '../permission-actions.ts';
import { readCodeInput } from '../read-code-request.ts';
import { nameAfter, nameMarker, pageOf, pageSize, queryOf, readInput } from '../rest-input.ts';
import { checkFilter } from './layer-input.ts';
import { layerVersionPattern, parseLayerName, parseLayerVersionArn, parseVersionNumber } from './layer-name.ts';
import { addLayerPermission, removeLayerPermission } from './layer-permissions.ts';
import { type Layer, type LayerVersion, layerVersionArn } from './layer-record.ts';
import type { LayerStore } from './layer-store.ts';
import type { PublishLayer } from './publish-layer.ts';

export type LayerRoutesOptions = {
  readonly layers: LayerStore;
  readonly code: CodeStore;
  readonly publish: PublishLayer;
  readonly download: Download;
};

const optionalText = z.string().optional();
const publishInput = z.strictObject({
  Description: optionalText,
  Content: z.strictObject(codeShape),
  CompatibleRuntimes: z.array(z.string()).optional(),
  CompatibleArchitectures: z.array(z.string()).optional(),
  LicenseInfo: optionalText,
});
const permissionInput = z.strictObject({
  StatementId: z.string(),
  Action: z.string(),
  Principal: z.string(),
  OrganizationId: optionalText,
});

const path = '/2018-10-31/layers/{name}/versions';
const versionPath = `${path}/{version}`;

/** PublishLayerVersion and its siblings. */
export function layerRoutes({ layers, code, publish, download }: LayerRoutesOptions): RestRoute[] {
  const find = (name: string, number: number) => {
    const layer = layers.find(name);
    const version = layers.findVersion(name, number);
    return layer === undefined || version === undefined ? undefined : { layer, version };
  };
  const whole = (region: string, { layer, version }: { readonly layer: Layer; readonly version: LayerVersion }) => ({
    ...summary(layer, version),
    LayerArn: layer.arn,
    Content: {
      Location: download(region, `/2018-10-31/layers/${layer.name}/versions/${version.version}/content`),
      CodeSha256: version.codeSha256,
      CodeSize: version.codeSize,
    },
  });
  const existing = ({ name = '', version = '' }: PathParameters) => {
    const found = find(parseLayerName(name), parseVersionNumber(version));
    if (found === undefined) throw notFound('The resource you requested does not exist.');
    return found;
  };
  const withPolicy = (region: string, { name = '', version = '' }: PathParameters) => {
    const found = find(parseLayerName(name), parseVersionNumber(version));
    if (found !== undefined) return found;
    throw notFound(
      `Layer version arn:aws:lambda:${region}:000000000000:layer:${parseLayerName(name)}:${version} does not exist.`,
    );
  };

  return [
    {
      method: 'POST',
      path,
      async handle(request, { name = '' }) {
        const { Content, ...settings } = await readCodeInput(request, publishInput);
        const published = await publish({ name: parseLayerName(name), source: codeSource(Content), ...settings });
        return { status: 201, body: whole(request.region, published) };
      },
    },
    {
      method: 'GET',
      path: '/2018-10-31/layers',
      handle(request) {
        if (queryOf(request, 'find') === 'LayerVersion') {
          const arn = queryOf(request, 'Arn') ?? '';
          const parsed = parseLayerVersionArn(arn);
          if (parsed === undefined) {
            throw constraintError(arn, 'arn', `regular expression pattern: ${layerVersionPattern}`);
          }
          return { body: whole(request.region, existing({ name: parsed.name, version: String(parsed.version) })) };
        }
        const fits = filterOf(queryOf(request, 'CompatibleRuntime'), queryOf(request, 'CompatibleArchitecture'));
        const accepts = ({ versions }: Layer): boolean => versions.some(fits);
        const { items, last } = layers.page({ after: nameAfter(request), size: pageSize(request), accepts });
        const Layers = items.map((layer) => {
          const latest = layer.versions.findLast(fits);
          return {
            LayerName: layer.name,
            LayerArn: layer.arn,
            ...(latest !== undefined && { LatestMatchingVersion: summary(layer, latest) }),
          };
        });
        return { body: { Layers, ...nameMarker(last) } };
      },
    },
    {
      method: 'GET',
      path,
      handle(request, { name = '' }) {
        const fits = filterOf(queryOf(request, 'CompatibleRuntime'), queryOf(request, 'CompatibleArchitecture'));
        const layer = layers.find(parseLayerName(name));
        const versions = layer?.versions.filter(fits).map((version) => summary(layer, version)) ?? [];
        const { page, marker } = pageOf(request, versions.reverse());
        return { body: { LayerVersions: page, ...marker } };
      },
    },
    {
      method: 'GET',
      path: versionPath,
      handle: (request, parameters) => ({ body: whole(request.region, existing(parameters)) }),
    },
    {
      // Where the `Location` of a layer version leads; on AWS that is a presigned URL of S3.
      method: 'GET',
      path: `${versionPath}/content`,
      async handle(_request, parameters) {
        const { codeSha256 } = existing(parameters).version;
        return { headers: { 'content-type': 'application/zip' }, body: await code.zip(codeSha256) };
      },
    },
    {
      method: 'DELETE',
      path: versionPath,
      handle(_request, { name = '', version = '' }) {
        layers.remove(parseLayerName(name), parseVersionNumber(version));
        return { status: 204 };
      },
    },
    {
      method: 'POST',
      path: `${versionPath}/policy`,
      handle(request, parameters) {
        const { layer, version } = withPolicy(request.region, parameters);
        const input = readInput(request, permissionInput);
        const statement = addLayerPermission(layer, version, input, queryOf(request, 'RevisionId'));
        layers.changed(layer.name);
        return { status: 201, body: { Statement: JSON.stringify(statement), RevisionId: version.policy?.revisionId } };
      },
    },
    {
      method: 'GET',
      path: `${versionPath}/policy`,
      handle(request, parameters) {
        const { policy } = withPolicy(request.region, parameters).version;
        if (policy === undefined) throw notFound('No policy is associated with the given resource.');
        return { body: { Policy: policyDocument(policy), RevisionId: policy.revisionId } };
      },
    },
    {
      method: 'DELETE',
      path: `${versionPath}/policy/{sid}`,
      handle(request, parameters) {
        const { layer, version } = withPolicy(request.region, parameters);
        removeLayerPermission(version, parameters.sid ?? '', queryOf(request, 'RevisionId'));
        layers.changed(layer.name);
        return { status: 204 };
      },
    },
  ];
}

/** @throws AwsError ValidationException */
function filterOf(runtime: string | undefined, architecture: string | undefined): (version: LayerVersion) => boolean {
  checkFilter(runtime, architecture);
  return ({ runtimes, architectures }) =>
    (runtime === undefined || runtimes?.includes(runtime) === true) &&
    (architecture === undefined || architectures?.includes(architecture) === true);
}

function summary(layer: Layer, version: LayerVersion): object {
  return {
    LayerVersionArn: layerVersionArn(layer, version),
    Version: version.version,
    Description: version.description,
    CreatedDate: version.createdAt,
    ...(version.runtimes !== undefined && { CompatibleRuntimes: version.runtimes }),
    ...(version.architectures !== undefined && { CompatibleArchitectures: version.architectures }),
    ...(version.licenseInfo !== undefined && { LicenseInfo: version.licenseInfo }),
  };
}
