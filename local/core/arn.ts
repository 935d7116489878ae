/** The one account of the local endpoint, as in other emulators. */
export const accountId = '000000000000';
export const defaultRegion = 'us-east-1';

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

export function parseArn(text: string): Arn | undefined {
  const match = /^arn:([^:]+):([^:]+):([^:]*):([^:]*):(.+)$/s.exec(text);
  if (match === null) return undefined;
  const [, partition = '', service = '', region = '', account = '', resource = ''] = match;
  return { partition, service, region, account, resource };
}
