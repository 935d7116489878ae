import type { FileS3Persistence } from '../../../../node_modules/fauxqs/dist/s3/fileS3Persistence.js';

/** Lets the store make files and folders that only their owner may read: it takes no permissions for them. */
export function withPrivateFiles(persistence: FileS3Persistence): FileS3Persistence {
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
