import { AwsError } from '../core/aws-error.ts';
import type { Requester } from './requester.ts';
import type { Target } from './route.ts';

type Incoming = {
  readonly method: string;
  readonly target: Exclude<Target, { kind: 'api' }>;
  readonly requester: Requester;
  /** The page as its headers name it. */
  readonly page: string;
};

/**
 * Says why a request for an AWS API or for a page of the endpoint is refused; undefined lets it in.
 *
 * The endpoint has no secret: any caller that is permitted can deploy code and run it. A call therefore has something that a page
 * of another origin cannot send without a preflight, which is refused: an `Authorization` header with a signature, or
 * `X-Amz-Target`. Only reading S3 takes less, and there the answer carries `Cross-Origin-Resource-Policy`.
 */
export function refusalOf({ method, target, requester, page }: Incoming): AwsError | undefined {
  const isRead = method === 'GET' || method === 'HEAD';
  const readsObjects = isRead && target.kind === 'aws' && target.service === 's3';
  switch (requester) {
    case 'program':
    case 'same-origin':
      break;
    case 'navigation':
      if (target.kind === 'page' || readsObjects) break;
      return foreign('a link');
    case 'local-page':
      if (readsObjects) break;
      return foreign(page);
    case 'foreign-page':
      return foreign(page);
  }
  return target.kind === 'aws' ? unsigned(target, isRead) : undefined;
}

function foreign(page: string): AwsError {
  return new AwsError('AccessDenied', `The endpoint does not answer this request of a web page (${page}).`, 403);
}

function unsigned({ service, signature }: Extract<Target, { kind: 'aws' }>, isRead: boolean): AwsError | undefined {
  switch (signature) {
    case 'header':
    case 'target':
    case 'presigned':
      return undefined;
    case 'none':
      if (service === 's3' && isRead) return undefined;
      return new AwsError(
        service === 's3' ? 'AccessDenied' : 'MissingAuthenticationToken',
        service === 's3'
          ? 'Access Denied: without a signature, objects can only be read.'
          : `A request to ${service} is signed in its Authorization header; only S3 and execute-api take a presigned URL.`,
        403,
      );
  }
}
