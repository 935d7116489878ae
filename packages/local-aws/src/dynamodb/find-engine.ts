import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** The engine is not installed for this platform; the message says how to get it. */
export class MissingEngineError extends Error {}

/**
 * The DynamoDB engine's binary, from the optional dependency for this platform.
 * @throws MissingEngineError when npm did not install it
 */
export function findEngine(platform: string = process.platform, arch: string = process.arch): string {
  const name = `@dynoxide/${platform}-${arch}`;
  try {
    const manifest = createRequire(import.meta.url).resolve(`${name}/package.json`);
    return join(dirname(manifest), platform === 'win32' ? 'dynoxide.exe' : 'dynoxide');
  } catch (error) {
    throw new MissingEngineError(
      `The DynamoDB engine for ${platform}-${arch} is not installed: npm package ${name} is missing. ` +
        'Run `npm install` with optional dependencies, or set LOCAL_DYNOXIDE_PATH to a dynoxide binary of your own.',
      { cause: error },
    );
  }
}
