import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { zipSync } from 'fflate';
import { parseTemplateText } from '../cloudformation/template-text.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../core/json.ts';

/** A stack to deploy. */
export type StackSource = {
  /** A template, or the path of its file (JSON or YAML). */
  readonly template: object | string;
  /** The folder with the packaged code (`S3Key` names a file in it); by default the folder of the template. */
  readonly artifacts?: string;
  readonly parameters?: Readonly<Record<string, string>>;
};

/** Where the code of a stack is uploaded to. */
export type ArtifactPlace = { readonly bucket: string; readonly prefix: string };
/** Code to upload before the stack is deployed. */
type Artifact = { readonly key: string; readonly content: Buffer };
type PackagedStack = { readonly template: JsonObject; readonly artifacts: readonly Artifact[] };

/**
 * Reads a template and the code of its functions from disk. `Code` may be the path of a folder or a zip file, as
 * `aws cloudformation package` takes it, or `S3Key` names a zip file of the artifacts folder, as `serverless package`
 * and CDK leave it. All of it is in the bucket afterwards. Inline code stays as it is.
 *
 * @throws Error that names the function whose code is not found
 */
export function packageStack({ template, artifacts }: StackSource, { bucket, prefix }: ArtifactPlace): PackagedStack {
  const isFile = typeof template === 'string';
  const folder = resolve(artifacts ?? (isFile ? dirname(template) : '.'));
  const document = readTemplate(template);
  const found: Artifact[] = [];
  const resources = isJsonObject(document.Resources) ? document.Resources : {};
  for (const [logicalId, resource] of Object.entries(resources)) {
    if (!isJsonObject(resource) || resource.Type !== 'AWS::Lambda::Function') continue;
    const properties = isJsonObject(resource.Properties) ? resource.Properties : {};
    const artifact = artifactOf(properties.Code, folder, logicalId);
    if (artifact === undefined) continue;
    const key = prefix + artifact.key;
    found.push({ ...artifact, key });
    properties.Code = { S3Bucket: bucket, S3Key: key };
  }
  return { template: document, artifacts: found };
}

/** The same for all files, so that unchanged code is the same package. */
const zipTime = '1980-02-01T00:00:00Z';

function artifactOf(code: JsonValue | undefined, folder: string, logicalId: string): Artifact | undefined {
  const path = typeof code === 'string' ? code : isJsonObject(code) ? code.S3Key : undefined;
  if (typeof path !== 'string') return undefined;
  const file = [join(folder, path), join(folder, basename(path))].find((candidate) => stats(candidate) !== undefined);
  if (file === undefined)
    throw new Error(`The code of ${logicalId} is neither ${join(folder, path)} nor in ${folder}.`);
  return stats(file)?.isDirectory()
    ? { key: `${logicalId}.zip`, content: Buffer.from(zipSync(filesIn(file), { mtime: zipTime })) }
    : { key: `${logicalId}-${basename(file)}`, content: readFileSync(file) };
}

function filesIn(folder: string): Record<string, Uint8Array> {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return Object.fromEntries(
    paths
      .filter((path) => stats(join(folder, path))?.isFile())
      .map((path) => [path.replaceAll('\\', '/'), readFileSync(join(folder, path))]),
  );
}

function stats(path: string) {
  return statSync(path, { throwIfNoEntry: false });
}

/** A copy, so that the template of the caller stays as it is. YAML's short forms (`!Ref`) become the long ones. */
function readTemplate(template: object | string): JsonObject {
  const document: unknown =
    typeof template === 'string' ? parseTemplateText(readFileSync(template, 'utf8')) : structuredClone(template);
  if (!isJsonObject(document)) throw new Error('A template is an object.');
  return document;
}
