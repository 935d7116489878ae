import fs, { existsSync } from 'node:fs';
import Module, { registerHooks, syncBuiltinESMExports } from 'node:module';
import { basename, delimiter, dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { isErrorLike } from './runtime-error.ts';

/** What reads files, of `fs` and of `fs.promises`. On AWS `/opt` cannot be written. */
const readers = [
  ...['access', 'copyFile', 'cp', 'createReadStream', 'exists', 'lstat', 'openAsBlob', 'opendir', 'readFile'],
  ...['readdir', 'readlink', 'realpath', 'stat', 'statfs', 'watch', 'watchFile'],
].flatMap((name) => [name, `${name}Sync`]);
/** They read as long as their second parameter does not say otherwise. */
const openers = ['open', 'openSync'];
const starters = ['execFile', 'execFileSync', 'fork', 'spawn', 'spawnSync'];

/**
 * Offers a folder as `/opt`, which a process cannot be given without the rights of root: to `require` and `import`, to functions of
 * `fs` that read, and to those of `child_process` that start a program. A path that the layers do not have means the
 * machine's own `/opt`, where Node itself may be. Packages are found by NODE_PATH, also by `import`, for which Lambda's
 * Node looks there as well.
 */
export function offerLayers(opt: string): void {
  const toLayer = (path: string): string | undefined => {
    if (path !== '/opt' && !path.startsWith('/opt/')) return undefined;
    return join(opt, path.slice('/opt'.length));
  };
  offerModules(toLayer);
  offerFiles((value) => {
    const path = pathOf(value);
    const layer = path === undefined ? undefined : toLayer(path);
    return layer !== undefined && existsSync(layer) ? layer : value;
  });
  readNodePath();
}

function offerModules(toLayer: (path: string) => string | undefined): void {
  registerHooks({
    resolve(specifier, context, next) {
      const path = specifier.startsWith('file:') ? fileURLToPath(specifier) : specifier;
      const layer = toLayer(path);
      if (layer !== undefined) {
        const isImport = context.conditions.includes('import');
        const found = attempt(() => next(isImport ? pathToFileURL(layer).href : layer, context));
        if (found !== undefined) return found;
      }
      try {
        return next(specifier, context);
      } catch (error) {
        if (!isNotFound(error) || !isPackage(specifier)) throw error;
        for (const parentURL of parentsOfNodePath()) {
          const found = attempt(() => next(specifier, { ...context, parentURL }));
          if (found !== undefined) return found;
        }
        throw error;
      }
    },
  });
}

function offerFiles(map: (path: unknown) => unknown): void {
  for (const module of [fs, fs.promises]) {
    patch(module, readers, map);
    patch(module, openers, (path, [flags]) => (isReading(flags) ? map(path) : path));
  }
  patch(process.getBuiltinModule('child_process'), starters, map);
  syncBuiltinESMExports();
}

function isReading(flags: unknown): boolean {
  return flags === undefined || typeof flags === 'function' || flags === 'r' || flags === fs.constants.O_RDONLY;
}

/** @param map gets the first parameter, and the others */
function patch(
  module: object,
  names: readonly string[],
  map: (path: unknown, others: readonly unknown[]) => unknown,
): void {
  for (const name of names) {
    const original: unknown = Reflect.get(module, name);
    if (typeof original !== 'function') continue;
    // A proxy keeps what the function carries, such as `realpath.native`.
    const patched = new Proxy(original, {
      apply: (target, self, [path, ...rest]: unknown[]): unknown =>
        Reflect.apply(target, self, [map(path, rest), ...rest]),
    });
    Reflect.set(module, name, patched);
  }
}

function pathOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  return value instanceof URL && value.protocol === 'file:' ? fileURLToPath(value) : undefined;
}

/** A process that has been a spare got the variable after its start. */
function readNodePath(): void {
  const read: unknown = Reflect.get(Module, '_initPaths');
  if (typeof read === 'function') Reflect.apply(read, Module, []);
}

/** Modules that would find the packages of each folder of NODE_PATH beside them. */
function parentsOfNodePath(): string[] {
  // biome-ignore lint/style/noProcessEnv: the function's own environment
  return (process.env.NODE_PATH ?? '')
    .split(delimiter)
    .filter((folder) => basename(folder) === 'node_modules')
    .map((folder) => pathToFileURL(join(dirname(folder), 'importer.js')).href);
}

function isPackage(specifier: string): boolean {
  return !/^(?:[./#]|[a-z]+:)/i.test(specifier);
}

function attempt<T>(find: () => T): T | undefined {
  try {
    return find();
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

function isNotFound(error: unknown): boolean {
  const code: unknown = isErrorLike(error) && 'code' in error ? error.code : undefined;
  return code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND';
}
