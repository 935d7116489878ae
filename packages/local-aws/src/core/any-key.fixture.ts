import type { KeyRing } from './key-ring.ts';

/** For services that are tested without KMS: every key exists, and may be used. */
export const anyKey: KeyRing = { areInUse: false, usable: (key) => key, use: ({ key }) => key };
