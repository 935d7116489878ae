/** Makes the files and folders that the store writes readable by their owner alone: fauxqs has no option for their mode. */
export function withPrivateFiles<T extends object>(persistence: T): T {
  return new Proxy(persistence, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== 'function') return member;
      return (...parameters: unknown[]): unknown => {
        // It writes synchronously, so that nothing else of this thread makes files meanwhile.
        const before = process.umask(0o077);
        try {
          return Reflect.apply(member, target, parameters);
        } finally {
          process.umask(before);
        }
      };
    },
  });
}
