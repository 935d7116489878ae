import { createRequire } from 'node:module';

/** Runs `hook` once before, or once after, the tests of a file or of a `describe`. */
type Register = (hook: () => Promise<void>, timeoutMs?: number) => unknown;
export type TestHooks = { readonly beforeAll: Register; readonly afterAll: Register };

/**
 * The hooks of the test runner that runs this file: jest (with or without globals), node:test, and any runner with the
 * globals `beforeAll` and `afterAll` or `before` and `after`.
 */
export function hooksOfRunner(): TestHooks {
  const hooks =
    hooksIn(globalThis, 'beforeAll', 'afterAll') ??
    (isInJest() ? hooksIn(createRequire(import.meta.url)('@jest/globals'), 'beforeAll', 'afterAll') : undefined) ??
    hooksIn(globalThis, 'before', 'after');
  if (hooks !== undefined) return hooks;
  // Not imported: jest does not know this module.
  const { before, after } = process.getBuiltinModule('node:test');
  return {
    beforeAll: (hook, timeout) => before(hook, { timeout }),
    afterAll: (hook, timeout) => after(hook, { timeout }),
  };
}

/** Jest adds `jest` to the `import.meta` of the modules that it loads. */
function isInJest(): boolean {
  return 'jest' in import.meta;
}

function hooksIn(holder: object, before: string, after: string): TestHooks | undefined {
  const [beforeAll, afterAll] = [before, after].map((name) => registerIn(holder, name));
  return beforeAll === undefined || afterAll === undefined ? undefined : { beforeAll, afterAll };
}

function registerIn(holder: object, name: string): Register | undefined {
  const found: unknown = Reflect.get(holder, name);
  return isRegister(found) ? found : undefined;
}

function isRegister(value: unknown): value is Register {
  return typeof value === 'function';
}
