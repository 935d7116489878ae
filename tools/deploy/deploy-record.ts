import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import * as z from 'zod';
import { deployInputsFile } from '#shared/serverless/deploy-inputs.ts';
import type { EndpointClients, EndpointStack } from './endpoint-stack.ts';
import type { SourceFiles } from './source-files.ts';

const recordSchema = z.object({
  /** None if the deploy depends on more than on what can be read before it. */
  fingerprint: z.string().optional(),
  /** The stack as this deploy left it. */
  version: z.array(z.string()),
  /** The hashes of the bundled files, most of which are of packages, by their path from the service. */
  bundled: z.record(z.string(), z.string()),
});

const inputsSchema = z.object({ bundled: z.array(z.string()), unseen: z.array(z.string()) });

type Place = {
  readonly clients: EndpointClients;
  readonly service: string;
  readonly folder: string;
  readonly files: SourceFiles;
};

/** How a stack compares with what its last deploy left, and with the sources as they are now. */
export type DeployState =
  | 'deployed'
  /** The stack, or the code of a function, was changed by something other than a deploy. */
  | 'drifted'
  /** The sources have changed, or nothing is known of the last deploy. */
  | 'outdated';

export async function compareDeploy(
  place: Place,
  stack: EndpointStack,
  fingerprint: string | undefined,
): Promise<DeployState> {
  const record = await readRecord(place, stack);
  if (record === undefined) return 'outdated';
  if (record.version.join() !== stack.version.join()) return 'drifted';
  const isComplete = /^(?:CREATE|UPDATE)_COMPLETE$/.test(stack.status);
  if (fingerprint === undefined || record.fingerprint !== fingerprint || !isComplete) return 'outdated';
  const isSame = Object.entries(record.bundled).every(
    ([file, hash]) => place.files.read(join(place.folder, file)).hash === hash,
  );
  return isSame ? 'deployed' : 'outdated';
}

/** Keeps what `stack` was deployed from, in its own deployment bucket: there it ends with the stack. */
export async function recordDeploy(place: Place, stack: EndpointStack, fingerprint: string | undefined): Promise<void> {
  const location = locationOf(place, stack);
  if (location === undefined) return;
  const inputs = readInputs(place.folder);
  // Variables may ask AWS, and packages may have files from elsewhere.
  const isComparable = fingerprint !== undefined && inputs !== undefined && inputs.unseen.length === 0;
  const bundled = isComparable ? inputs.bundled : [];
  const record: z.infer<typeof recordSchema> = {
    ...(isComparable && { fingerprint }),
    version: [...stack.version],
    bundled: Object.fromEntries(bundled.map((path) => [path, place.files.read(join(place.folder, path)).hash])),
  };
  await place.clients.s3.send(new PutObjectCommand({ ...location, Body: JSON.stringify(record) }));
}

/** What the plugin noted while it packaged; undefined for a service without it. */
function readInputs(folder: string): z.infer<typeof inputsSchema> | undefined {
  const file = deployInputsFile(folder);
  return existsSync(file) ? inputsSchema.parse(JSON.parse(readFileSync(file, 'utf8'))) : undefined;
}

async function readRecord(place: Place, stack: EndpointStack): Promise<z.infer<typeof recordSchema> | undefined> {
  const location = locationOf(place, stack);
  if (location === undefined) return undefined;
  try {
    const { Body } = await place.clients.s3.send(new GetObjectCommand(location));
    return recordSchema.parse(JSON.parse((await Body?.transformToString()) ?? ''));
  } catch {
    // Never written, removed, or of another version of this file: the service is deployed.
    return undefined;
  }
}

/** Under the prefix that `sls remove` empties. */
function locationOf({ service }: Place, { resources }: EndpointStack) {
  const bucket = resources.get('ServerlessDeploymentBucket')?.physicalId;
  return bucket === undefined ? undefined : { Bucket: bucket, Key: `serverless/${service}/local/deploy-record.json` };
}
