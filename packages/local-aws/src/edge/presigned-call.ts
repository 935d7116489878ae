import type { AwsRequest } from '../core/aws-api.ts';
import { AwsError } from '../core/aws-error.ts';
import { type Clock, systemClock } from '../core/clock.ts';
import type { CredentialStore } from '../core/credentials.ts';
import { checkPresigned, type SignedRequest } from '../core/presigned-url.ts';
import type { Target } from './route.ts';

type Ports = { readonly credentials: CredentialStore; readonly clock?: Clock };

/** What is wrong with a presigned call of an AWS API; undefined when it is right, or not presigned. */
export function presignRefusal(
  ports: Ports,
  { service, signature, accessKeyId }: Extract<Target, { kind: 'aws' }>,
  request: AwsRequest,
): AwsError | undefined {
  if (signature !== 'presigned') return undefined;
  if (service !== 's3' && accessKeyId !== ports.credentials.own.accessKeyId) {
    return new AwsError(
      'MissingAuthenticationToken',
      `A request to ${service} is signed in its Authorization header.`,
      403,
    );
  }
  return faultOf(ports, request);
}

/** What is wrong with a presigned request of a deployed API or a function URL, for those with AWS_IAM. */
export function presignFault(ports: Ports, request: SignedRequest): string | undefined {
  const service = request.query.get('X-Amz-Credential')?.split('/')[3];
  return service === 'execute-api' || service === 'lambda' ? faultOf(ports, request)?.message : undefined;
}

function faultOf({ credentials, clock = systemClock }: Ports, request: SignedRequest): AwsError | undefined {
  try {
    checkPresigned(request, clock.now(), (accessKeyId) => credentials.credentialsOf(accessKeyId));
    return undefined;
  } catch (error) {
    if (error instanceof AwsError) return error;
    throw error;
  }
}
