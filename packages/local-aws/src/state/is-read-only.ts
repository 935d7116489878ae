import type { AwsRequest } from '../core/aws-api.ts';

/** Actions of the JSON and Query protocols that change nothing which is kept. */
const readingAction = /^(?:BatchGet|Describe|Estimate|Filter|Get|List|Query|Scan|TransactGet|Validate)/;

/**
 * Whether a call changes nothing that is kept. ReceiveMessage is none of these: it counts receives. A function may run,
 * because what it does is judged call by call; but an asynchronous invocation has to be kept.
 */
export function isReadOnly({ service, method, path, headers, query, body }: AwsRequest): boolean {
  if (service === 'sts') return true;
  const target = headers['x-amz-target'];
  if (target !== undefined) return readingAction.test(target.split('.').at(-1) ?? '');
  if (headers['content-type']?.startsWith('application/x-www-form-urlencoded') || query.has('Action')) {
    const action = new URLSearchParams(body.toString()).get('Action') ?? query.get('Action') ?? '';
    return readingAction.test(action);
  }
  if (service === 'lambda' && path.endsWith('/invocations')) return headers['x-amz-invocation-type'] !== 'Event';
  return method === 'GET' || method === 'HEAD';
}
