import * as z from 'zod';
import type { AwsRequest } from '../core/aws-api.ts';
import type { PathParameters } from '../core/path-template.ts';
import { property } from '../core/resource-type.ts';
import type { RestRoute } from '../core/rest-protocol.ts';
import type { CodeStore } from './code-store.ts';
import type { Download } from './download.ts';
import { checkRevision, type FunctionActions } from './function-actions.ts';
import { constraintError, parseFunctionName } from './function-name.ts';
import { settingsShape } from './function-settings.ts';
import { checkRegion, type FunctionStore, type Target } from './function-store.ts';
import { resolveTarget } from './function-target.ts';
import { functionView } from './function-view.ts';
import { codeShape, codeSource } from './package-input.ts';
import { publishVersion } from './publish-version.ts';
import { readCodeInput } from './read-code-request.ts';
import { forgetQualifier } from './resource-policy.ts';
import { invalidParameter, nameAfter, nameMarker, pageOf, pageSize, queryOf, readInput } from './rest-input.ts';

const apiSettings = {
  ...settingsShape,
  KMSKeyArn: z.string().optional(),
  SnapStart: z.strictObject({ ApplyOn: z.literal('None', 'the local endpoint does not support SnapStart') }).optional(),
  /** Clients send an empty list to say that there are none. */
  FileSystemConfigs: z.array(z.unknown()).max(0, 'the local endpoint does not support file systems').optional(),
};

const createInput = z.strictObject({
  ...apiSettings,
  FunctionName: z.string(),
  Code: z.strictObject({ ...codeShape, SourceKMSKeyArn: property.inert() }),
  PackageType: z.literal('Zip').optional(),
  Publish: z.boolean().optional(),
  Tags: z.record(z.string(), z.string()).optional(),
});

const updateConfigurationInput = z.strictObject({ ...apiSettings, RevisionId: z.string().optional() });

const updateCodeInput = z.strictObject({
  ...codeShape,
  SourceKMSKeyArn: property.inert(),
  Architectures: settingsShape.Architectures,
  Publish: z.boolean().optional(),
  DryRun: z.boolean().optional(),
  RevisionId: z.string().optional(),
});

export type FunctionRoutesOptions = {
  readonly functions: FunctionStore;
  readonly actions: FunctionActions;
  readonly code: CodeStore;
  readonly download: Download;
};

const path = '/2015-03-31/functions/{name}';

/** Makes, shows, changes and deletes functions and their versions. */
export function functionRoutes(options: FunctionRoutesOptions): RestRoute[] {
  const { functions, actions, code, download } = options;
  const target = (request: AwsRequest, parameters: PathParameters): Target =>
    resolveTarget(functions, request, parameters);

  return [
    {
      method: 'POST',
      path: '/2015-03-31/functions',
      async handle(request) {
        const {
          FunctionName,
          Code,
          Publish,
          Tags = {},
          KMSKeyArn,
          ...settings
        } = await readCodeInput(request, createInput);
        const { name, region, qualifier } = parseFunctionName(FunctionName);
        if (qualifier !== undefined) throw invalidParameter(`Invalid function name: ${FunctionName}`);
        if (name.length > 64) {
          throw invalidParameter(constraintError(name, 'functionName', 'length less than or equal to 64').message);
        }
        checkRegion(region, request.region);
        const record = await actions.create({
          name,
          region: request.region,
          settings: { ...settings, KmsKeyArn: KMSKeyArn },
          source: codeSource(Code),
          tags: Tags,
        });
        const version = Publish ? publishVersion(record) : record.latest;
        functions.changed();
        return { status: 201, body: functionView(version, Publish ? `${record.arn}:${version.version}` : record.arn) };
      },
    },
    {
      method: 'GET',
      path: '/2015-03-31/functions',
      handle(request) {
        if (queryOf(request, 'FunctionVersion') === 'ALL') {
          const all = functions.all().flatMap((record) => versionsOf({ record }));
          const { page, marker } = pageOf(request, all);
          return { body: { Functions: page, ...marker } };
        }
        const { items, last } = functions.page({ after: nameAfter(request), size: pageSize(request) });
        const views = items.map((record) => functionView(record.latest, record.arn));
        return { body: { Functions: views, ...nameMarker(last) } };
      },
    },
    {
      method: 'GET',
      path,
      handle(request, parameters) {
        const { record, version, arn } = target(request, parameters);
        const { reservedConcurrency, tags } = record;
        return {
          body: {
            Configuration: functionView(version, arn),
            Code: {
              RepositoryType: 'S3',
              Location: download(request.region, `/2015-03-31/functions/${encodeURIComponent(arn)}/code`),
            },
            ...(Object.keys(tags).length === 0 ? {} : { Tags: tags }),
            ...(reservedConcurrency === undefined
              ? {}
              : { Concurrency: { ReservedConcurrentExecutions: reservedConcurrency } }),
          },
        };
      },
    },
    {
      // Where the `Location` of GetFunction leads; on AWS that is a presigned URL of S3, valid as long.
      method: 'GET',
      path: `${path}/code`,
      async handle(request, parameters) {
        const { version } = target(request, parameters);
        return { headers: { 'content-type': 'application/zip' }, body: await code.zip(version.codeSha256) };
      },
    },
    {
      method: 'GET',
      path: `${path}/configuration`,
      handle(request, parameters) {
        const { version, arn } = target(request, parameters);
        return { body: functionView(version, arn) };
      },
    },
    {
      method: 'PUT',
      path: `${path}/configuration`,
      async handle(request, parameters) {
        const { record } = target(request, parameters);
        const { RevisionId, KMSKeyArn, ...settings } = readInput(request, updateConfigurationInput);
        checkRevision(RevisionId, record.latest.revisionId);
        const updated = await actions.updateConfiguration(record, { ...settings, KmsKeyArn: KMSKeyArn });
        return { body: functionView(updated, record.arn) };
      },
    },
    {
      method: 'PUT',
      path: `${path}/code`,
      async handle(request, parameters) {
        const { record } = target(request, parameters);
        const {
          Publish,
          DryRun,
          RevisionId,
          Architectures,
          SourceKMSKeyArn: _,
          ...source
        } = await readCodeInput(request, updateCodeInput);
        checkRevision(RevisionId, record.latest.revisionId);
        if (DryRun) return { body: functionView(await actions.previewCode(record, codeSource(source)), record.arn) };
        const updated = await actions.updateCode(record, codeSource(source), { Architectures });
        if (!Publish) return { body: functionView(updated, record.arn) };
        const version = publishVersion(record);
        functions.changed();
        return { body: functionView(version, `${record.arn}:${version.version}`) };
      },
    },
    {
      method: 'DELETE',
      path,
      handle(request, parameters) {
        const { record, version, qualifier } = target(request, parameters);
        if (qualifier === undefined) actions.remove(record);
        else if (version.version !== qualifier || qualifier === '$LATEST') {
          throw invalidParameter(
            qualifier === '$LATEST'
              ? '$LATEST version cannot be deleted without deleting the function.'
              : `${qualifier} is an alias, which DeleteAlias deletes.`,
          );
        } else {
          if (record.aliases.some((alias) => alias.version === qualifier)) {
            throw invalidParameter(`Version ${qualifier} cannot be deleted: an alias points to it.`);
          }
          record.versions = record.versions.filter((candidate) => candidate !== version);
          forgetQualifier(record, qualifier);
          functions.changed();
        }
        return { status: 204 };
      },
    },
    {
      method: 'GET',
      path: `${path}/versions`,
      handle(request, parameters) {
        const { page, marker } = pageOf(request, versionsOf(target(request, parameters)));
        return { body: { Versions: page, ...marker } };
      },
    },
    {
      method: 'POST',
      path: `${path}/versions`,
      handle(request, parameters) {
        const { record } = target(request, parameters);
        const input = readInput(
          request,
          z.strictObject({
            CodeSha256: z.string().optional(),
            Description: z.string().optional(),
            RevisionId: z.string().optional(),
          }),
        );
        checkRevision(input.RevisionId, record.latest.revisionId);
        if (input.CodeSha256 !== undefined && input.CodeSha256 !== record.latest.codeSha256) {
          throw invalidParameter(
            `CodeSHA256 (${input.CodeSha256}) is different from current CodeSHA256 in $LATEST (${record.latest.codeSha256}). Please try again with the CodeSHA256 in $LATEST.`,
          );
        }
        const version = publishVersion(record, input.Description);
        functions.changed();
        return { status: 201, body: functionView(version, `${record.arn}:${version.version}`) };
      },
    },
  ];
}

function versionsOf({ record }: Pick<Target, 'record'>): object[] {
  return [record.latest, ...record.versions].map((version) =>
    functionView(version, `${record.arn}:${version.version}`),
  );
}
