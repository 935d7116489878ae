import { defaultRegion } from '../core/arn.ts';
import type { ControlClient, TestStack } from './control-client.ts';
import { packageStack, type StackSource } from './stack-source.ts';

/** Holds the code of functions that `useEndpoint` deploys. */
const bucket = 'local-aws-test-artifacts';

/** Deploys stacks one after the other, so that a later one can import what an earlier one exports. */
export async function deployStacks(
  sources: Readonly<Record<string, StackSource>>,
  { url, control }: { readonly url: string; readonly control: ControlClient },
): Promise<ReadonlyMap<string, TestStack>> {
  const stacks = new Map<string, TestStack>();
  for (const [name, source] of Object.entries(sources)) {
    const { template, artifacts } = packageStack(source, { bucket, prefix: `${name}/` });
    if (artifacts.length > 0) await put(`${url}/${bucket}`);
    for (const { key, content } of artifacts) await put(`${url}/${bucket}/${encodeURI(key)}`, content);
    stacks.set(name, await control.deploy(name, template, source.parameters ?? {}));
  }
  return stacks;
}

/** Makes a bucket or an object. The endpoint does not verify the signatures of the developer's own keys. */
async function put(url: string, body?: Buffer): Promise<void> {
  const scope = `test/20260101/${defaultRegion}/s3/aws4_request`;
  const authorization = `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=test`;
  const response = await fetch(url, { method: 'PUT', headers: { authorization }, ...(body && { body }) });
  if (!response.ok) throw new Error(`PUT ${url} was answered with ${response.status}: ${await response.text()}`);
}
