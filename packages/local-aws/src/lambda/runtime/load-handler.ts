import { existsSync, readFileSync } from 'node:fs';
import { createRequire, findPackageJSON } from 'node:module';
import { basename, dirname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { isErrorLike, RuntimeError } from './runtime-error.ts';
import { isStreaming, type StreamingHandler } from './stream-response.ts';

export type Handler = (
  event: unknown,
  context: object,
  callback?: (error: unknown, result?: unknown) => void,
) => unknown;

/**
 * Loads `src/tasks/create.handler`: the file `src/tasks/create` with one of the extensions below and its export
 * `handler`, which may be nested (`create.api.handler`).
 * @throws RuntimeError named as AWS names it
 */
export async function loadHandler(
  taskRoot: string,
  handler: string,
  allowsCallbacks: boolean,
): Promise<Handler | StreamingHandler> {
  if (handler.includes('..')) {
    throw new RuntimeError(
      'Runtime.MalformedHandlerName',
      `'${handler}' is not a valid handler name. Use absolute paths when specifying root directories in handler names.`,
    );
  }
  const match = /^([^.]*)\.(.+)$/.exec(basename(handler));
  if (match === null) throw new RuntimeError('Runtime.MalformedHandlerName', 'Bad handler');
  const [, moduleName = '', exportPath = ''] = match;

  const exported = await loadModule(resolve(taskRoot, dirname(handler), moduleName), moduleName, taskRoot);
  const found = exportPath
    .split('.')
    .reduce<unknown>((value, key) => (isRecord(value) ? value[key] : undefined), exported);
  if (found === undefined || found === null) {
    throw new RuntimeError('Runtime.HandlerNotFound', `${handler} is undefined or not exported`);
  }
  if (isStreaming(found)) return found;
  if (!isHandler(found)) throw new RuntimeError('Runtime.HandlerNotFound', `${handler} is not a function`);
  if (found.length >= 3 && !allowsCallbacks) {
    throw new RuntimeError(
      'Runtime.CallbackHandlerDeprecated',
      'ERROR: AWS Lambda has removed support for callback-based function handlers starting with Node.js 24. You need to modify this function to use a supported handler signature to use Node.js 24 or later. For more information see https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html.',
    );
  }
  return found;
}

async function loadModule(path: string, name: string, taskRoot: string): Promise<unknown> {
  const file = [path, `${path}.js`, `${path}.mjs`, `${path}.cjs`].find((candidate) => existsSync(candidate));
  try {
    if (file === undefined) {
      throw Object.assign(new Error(`Cannot find module '${name}'\nRequire stack:\n- ${taskRoot}`), {
        code: 'MODULE_NOT_FOUND',
      });
    }
    return isModule(file) ? await import(pathToFileURL(file).href) : await requireOrImport(file);
  } catch (error) {
    if (error instanceof SyntaxError) throw new RuntimeError('Runtime.UserCodeSyntaxError', String(error), error);
    if (codeOf(error) === 'MODULE_NOT_FOUND' || codeOf(error) === 'ERR_MODULE_NOT_FOUND') {
      throw new RuntimeError('Runtime.ImportModuleError', String(error), error);
    }
    throw error;
  }
}

/** A .js file without a declared type is CommonJS unless its syntax says otherwise, which Node 24 finds out itself. */
async function requireOrImport(file: string): Promise<unknown> {
  try {
    return createRequire(file)(file);
  } catch (error) {
    // An ES module with a top-level await cannot be required.
    if (codeOf(error) !== 'ERR_REQUIRE_ASYNC_MODULE') throw error;
    return await import(pathToFileURL(file).href);
  }
}

function isModule(file: string): boolean {
  if (file.endsWith('.mjs')) return true;
  if (file.endsWith('.cjs')) return false;
  const manifest = findPackageJSON(pathToFileURL(file));
  if (manifest === undefined) return false;
  const content: unknown = JSON.parse(readFileSync(manifest, 'utf8'));
  return isRecord(content) && content.type === 'module';
}

function isHandler(value: unknown): value is Handler {
  return typeof value === 'function';
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}

function codeOf(error: unknown): unknown {
  return isErrorLike(error) && 'code' in error ? error.code : undefined;
}
