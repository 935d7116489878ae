import type { IncomingMessage, RequestOptions } from 'node:http';
import Module, { syncBuiltinESMExports } from 'node:module';
import { urlToHttpOptions } from 'node:url';

type Callback = (response: IncomingMessage) => void;
type Redirect = (options: RequestOptions) => RequestOptions | undefined;

/**
 * Sends requests of `https.request` by HTTP instead, where `redirect` yields options for it. CommonJS modules get the
 * changed function as soon as they load `https`.
 * @returns changes the function now, which ES modules notice too
 */
export function interceptHttps(redirect: Redirect): () => void {
  let isPatched = false;
  const patch = (): void => {
    if (isPatched) return;
    isPatched = true;
    const https = process.getBuiltinModule('node:https');
    https.request = new Proxy(https.request, {
      apply(request, self, args: readonly unknown[]) {
        const local = redirect(optionsOf(args));
        if (local === undefined) return Reflect.apply(request, self, args);
        return process.getBuiltinModule('node:http').request(local, args.find(isCallback));
      },
    });
    syncBuiltinESMExports();
  };
  // Loading `https` takes longer than starting a function that does without it.
  onLoad((name) => {
    if (name === 'https' || name === 'node:https') patch();
  });
  return patch;
}

/** Calls `listener` with the name of every module that `require` has loaded. */
function onLoad(listener: (name: unknown) => void): void {
  const load: unknown = Reflect.get(Module, '_load');
  if (typeof load !== 'function') return;
  Reflect.set(
    Module,
    '_load',
    new Proxy(load, {
      apply(target, self, args: readonly unknown[]) {
        const loaded: unknown = Reflect.apply(target, self, args);
        listener(args[0]);
        return loaded;
      },
    }),
  );
}

function optionsOf([first, second]: readonly unknown[]): RequestOptions {
  const url = typeof first === 'string' && URL.canParse(first) ? new URL(first) : first;
  const base = url instanceof URL ? urlToHttpOptions(url) : {};
  return Object.assign({}, base, url instanceof URL ? second : first);
}

function isCallback(value: unknown): value is Callback {
  return typeof value === 'function';
}
