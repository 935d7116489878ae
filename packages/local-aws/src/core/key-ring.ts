import { AwsError } from './aws-error.ts';
import type { Principal } from './principal.ts';

/** The use of a key by a service, with the permissions of the caller of the service. */
export type KeyUse = {
  /** An id, an ARN or an alias. */
  readonly key: string;
  /** The principal that needs the permissions. */
  readonly principal: Principal;
  /** Through which it is used, as KMS names it: `sqs`. */
  readonly service: string;
  /** Of KMS, such as `Decrypt`. */
  readonly actions: readonly string[];
  readonly encryptionContext: Readonly<Record<string, string>>;
};

/** The keys of KMS in one region, for the services that encrypt with them. */
export type KeyRing = {
  /** Whether a key exists whose use needs permissions. */
  readonly areInUse: boolean;
  /**
   * The ARN of a key that can be used now.
   *
   * @throws AwsError of KMS: NotFoundException, DisabledException, KMSInvalidStateException
   */
  usable(key: string): string;
  /** As `usable`, and checks the permissions of a principal. @throws AwsError of KMS, also AccessDeniedException */
  use(use: KeyUse): string;
};

const notFound = (key: string): AwsError => new AwsError('NotFoundException', `Invalid keyId '${key}'`);

/** For a service without KMS. */
export const noKeys: KeyRing = {
  areInUse: false,
  usable(key) {
    throw notFound(key);
  },
  use({ key }) {
    throw notFound(key);
  },
};
