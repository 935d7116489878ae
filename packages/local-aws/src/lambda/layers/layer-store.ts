import type { Clock } from '../../core/clock.ts';
import { Mirror } from '../../core/mirror.ts';
import { NameIndex, type NamePage, type NameQuery } from '../../core/name-index.ts';
import type { StateStore } from '../../core/state-store.ts';
import type { Code } from '../code-store.ts';
import { layerArn } from './layer-name.ts';
import { type Layer, type LayerVersion, layerSchema } from './layer-record.ts';

export type LayerStoreOptions = { readonly state: StateStore; readonly region: string; readonly clock: Clock };

export type NewLayerVersion = Code & Pick<LayerVersion, 'description' | 'runtimes' | 'architectures' | 'licenseInfo'>;

/** The layers of a region. */
export class LayerStore {
  readonly #options: LayerStoreOptions;
  readonly #mirror: Mirror<Layer>;
  readonly #layers = new NameIndex<Layer>();

  constructor(options: LayerStoreOptions) {
    this.#options = options;
    this.#mirror = new Mirror(options.state, 'lambda/layers', layerSchema, () => this.#layers);
    for (const [name, layer] of this.#mirror.kept()) this.#layers.set(name, layer);
  }

  find(name: string): Layer | undefined {
    return this.#layers.get(name);
  }

  findVersion(name: string, version: number): LayerVersion | undefined {
    return this.#layers.get(name)?.versions.find((candidate) => candidate.version === version);
  }

  page(query: NameQuery<Layer>): NamePage<Layer> {
    return this.#layers.page(query);
  }

  publish(name: string, content: NewLayerVersion): { readonly layer: Layer; readonly version: LayerVersion } {
    const { region, clock } = this.#options;
    const layer = this.#layers.get(name) ?? { name, arn: layerArn(region, name), nextVersion: 1, versions: [] };
    const createdAt = new Date(clock.now()).toISOString().replace('Z', '+0000');
    const version: LayerVersion = { ...content, version: layer.nextVersion, createdAt };
    layer.nextVersion += 1;
    layer.versions.push(version);
    this.#layers.set(name, layer);
    this.changed(name);
    return { layer, version };
  }

  /** Functions that have the version keep its content. */
  remove(name: string, version: number): void {
    const layer = this.#layers.get(name);
    if (layer === undefined) return;
    layer.versions = layer.versions.filter((candidate) => candidate.version !== version);
    this.changed(name);
  }

  /** The packages of all versions. */
  *code(): Iterable<string> {
    for (const { versions } of this.#layers.values()) for (const { codeSha256 } of versions) yield codeSha256;
  }

  /** To be called after every change of a layer. */
  changed(name: string): void {
    this.#mirror.changed(name);
  }
}
