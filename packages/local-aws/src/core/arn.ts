/** The one account of the local endpoint, as in other emulators. */
export const accountId = '000000000000';
/** The region of calls without a signature, and of the clients of the endpoint unless they name another one. */
export const defaultRegion = 'us-east-1';

/** The parts between the colons; `region` and `account` may be empty, `resource` may hold further colons. */
export type Arn = {
  readonly partition: string;
  readonly service: string;
  readonly region: string;
  readonly account: string;
  readonly resource: string;
};

/** Builds `arn:aws:<service>:<region>:<account>:<resource>`; `region` and `account` may be empty as for S3 and IAM. */
export function arn(service: string, region: string, resource: string, account = accountId): string {
  return `arn:aws:${service}:${region}:${account}:${resource}`;
}

/** Undefined for what is no ARN, or one without a resource; the parts are not checked. */
export function parseArn(text: string): Arn | undefined {
  const match = /^arn:([^:]+):([^:]+):([^:]*):([^:]*):(.+)$/s.exec(text);
  if (match === null) return undefined;
  const [, partition = '', service = '', region = '', account = '', resource = ''] = match;
  return { partition, service, region, account, resource };
}
