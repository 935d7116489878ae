/** Whether a role lets API Gateway assume it, which it does at each request that an integration or authorizer has one for. */
export type MayAssume = (roleArn: string) => boolean;

/** What the log of an API says of a role that does not. Its client is told of an internal error. */
export function notAssumable(roleArn: string): string {
  return `API Gateway does not have permission to assume the provided role ${roleArn}`;
}
