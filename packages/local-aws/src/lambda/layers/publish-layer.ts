import type { CodeSource, LoadCode } from '../load-code.ts';
import { checkCompatible } from './layer-input.ts';
import type { Layer, LayerVersion } from './layer-record.ts';
import type { LayerStore } from './layer-store.ts';

type NewLayer = {
  readonly name: string;
  readonly source: CodeSource;
  readonly Description?: string | undefined;
  readonly CompatibleRuntimes?: string[] | undefined;
  readonly CompatibleArchitectures?: string[] | undefined;
  readonly LicenseInfo?: string | undefined;
};

/** Makes a version of a layer. @throws AwsError */
export type PublishLayer = (layer: NewLayer) => Promise<{ readonly layer: Layer; readonly version: LayerVersion }>;

export function layerPublisher(layers: LayerStore, loadCode: LoadCode): PublishLayer {
  return async ({ name, source, Description = '', CompatibleRuntimes, CompatibleArchitectures, LicenseInfo }) => {
    checkCompatible({ CompatibleRuntimes, CompatibleArchitectures });
    const code = await loadCode(source);
    return layers.publish(name, {
      ...code,
      description: Description,
      runtimes: CompatibleRuntimes,
      architectures: CompatibleArchitectures,
      licenseInfo: LicenseInfo,
    });
  };
}
