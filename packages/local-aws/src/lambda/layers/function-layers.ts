import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { accountId } from '../../core/arn.ts';
import { AwsError } from '../../core/aws-error.ts';
import { type CodeStore, mergedSha256 } from '../code-store.ts';
import { constraintError } from '../function-name.ts';
import type { FunctionLayer, FunctionVersion } from '../function-record.ts';
import { invalidParameter } from '../rest-input.ts';
import { layerVersionPattern, parseLayerVersionArn } from './layer-name.ts';
import type { LayerStore } from './layer-store.ts';
import { sizeOfFolder } from './merge-folders.ts';

const maxLayers = 5;
const maxUnzippedBytes = 262_144_000;

/** The layer of AWS whose extension answers for Parameter Store and Secrets Manager at port 2773. */
const parametersExtension = /^AWS-Parameters-and-Secrets-Lambda-Extension(?:-Arm64)?$/;

export type FunctionLayersOptions = { readonly layers: LayerStore; readonly code: CodeStore; readonly region: string };

/** The layers of functions: what `Layers` names, merged into one folder, which is `/opt`. */
export class FunctionLayers {
  readonly #options: FunctionLayersOptions;

  constructor(options: FunctionLayersOptions) {
    this.#options = options;
  }

  /**
   * Finds layers, and merges their contents.
   * @param codeSha256 the package of the function, which shares the size limit with its layers
   * @throws AwsError InvalidParameterValueException, ValidationException
   */
  async prepare(arns: readonly string[], codeSha256: string): Promise<readonly FunctionLayer[]> {
    const { code } = this.#options;
    const found = this.#find(arns);
    const own = found.flatMap(({ codeSha256: sha256 }) => sha256 ?? []);
    if (own.length === 0) return found;
    const folder = await code.merge(own);
    if (existsSync(join(folder, 'extensions'))) {
      throw invalidParameter(
        `The local endpoint does not run Lambda extensions, which these layers have in their folder extensions: ${arns.join(', ')}`,
      );
    }
    const bytes = (await sizeOfFolder(folder)) + (await sizeOfFolder(code.taskRoot(codeSha256)));
    if (bytes > maxUnzippedBytes) {
      throw invalidParameter(
        `Function code combined with layers exceeds the maximum allowed size of ${maxUnzippedBytes} bytes. The actual size is ${bytes} bytes.`,
      );
    }
    return found;
  }

  #find(arns: readonly string[]): readonly FunctionLayer[] {
    const { layers, region } = this.#options;
    if (arns.length > maxLayers) throw invalidParameter(`Cannot reference more than ${maxLayers} layers.`);
    const seen = new Map<string, string>();
    return arns.map((arn) => {
      const parsed = parseLayerVersionArn(arn);
      if (parsed === undefined) throw malformed(arns);
      const key = `${parsed.account}:${parsed.name}`;
      const other = seen.get(key);
      if (other !== undefined) {
        throw invalidParameter(
          `Two different versions of the same layer are not allowed to be referenced in the same function. ${other} and ${arn} are versions of the same layer.`,
        );
      }
      seen.set(key, arn);
      if (parsed.region !== region) {
        throw invalidParameter(
          `Layers are not in the same region as the function. Layers are expected to be in region ${region}.`,
        );
      }
      if (parsed.account !== accountId) return layerOfAws(arn, parsed.name);
      const version = layers.findVersion(parsed.name, parsed.version);
      if (version === undefined) throw invalidParameter(`Layer version ${arn} does not exist.`);
      return { arn, codeSize: version.codeSize, codeSha256: version.codeSha256 };
    });
  }
}

/** The packages that a version of a function needs, and the one that its layers were merged into. */
export function packagesOf({ codeSha256, layers = [] }: Pick<FunctionVersion, 'codeSha256' | 'layers'>): string[] {
  const merged = optPackage(layers);
  return merged === undefined ? [codeSha256] : [codeSha256, merged];
}

/** The package whose folder is `/opt`; undefined for a function without layers of its own account. */
export function optPackage(layers: readonly FunctionLayer[] = []): string | undefined {
  const own = layers.flatMap(({ codeSha256 }) => codeSha256 ?? []);
  return own.length === 0 ? undefined : mergedSha256(own);
}

/** Whether the endpoint answers the function in the place of the Parameters and Secrets extension. */
export function hasParametersExtension(layers: readonly FunctionLayer[] = []): boolean {
  return layers.some(({ arn, codeSha256 }) => codeSha256 === undefined && isParametersExtension(arn));
}

function isParametersExtension(arn: string): boolean {
  return parametersExtension.test(parseLayerVersionArn(arn)?.name ?? '');
}

function layerOfAws(arn: string, name: string): FunctionLayer {
  if (parametersExtension.test(name)) return { arn, codeSize: 0 };
  throw new AwsError(
    'InvalidParameterValueException',
    `The local endpoint has no layers of other accounts but AWS-Parameters-and-Secrets-Lambda-Extension: ${arn}`,
    400,
    { Type: 'User' },
  );
}

function malformed(arns: readonly string[]): AwsError {
  return constraintError(
    `[${arns.join(', ')}]`,
    'layers',
    `constraint: [Member must have length less than or equal to 2048, Member must have length greater than or equal to 1, Member must satisfy regular expression pattern: ${layerVersionPattern}, Member must not be null]`,
  );
}
