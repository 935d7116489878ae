import type { Clock } from '../core/clock.ts';
import type { CredentialStore } from '../core/credentials.ts';
import { presign } from '../core/presigned-url.ts';

/** Presigns a path of Lambda's API below which a package is; on AWS that is a URL of S3, valid as long. */
export type Download = (region: string, path: string) => string;

type Ports = {
  readonly endpointUrl: () => string;
  readonly credentials: Pick<CredentialStore, 'own'>;
  readonly clock: Clock;
};

export function presignedDownload({ endpointUrl, credentials, clock }: Ports): Download {
  return (region, path) => {
    const call = { method: 'GET', service: 'lambda', region, now: clock.now(), expires: 600 };
    return presign(new URL(path, endpointUrl()), call, credentials.own).href;
  };
}
