/** Whether a role lets API Gateway assume it, which it does at each request that an integration or authorizer has one for. */
export type MayAssume = (roleArn: string) => boolean;

/** The line in the log of an API about a role that cannot be assumed. Its client gets an internal error. */
export function notAssumable(roleArn: string): string {
  return `API Gateway does not have permission to assume the provided role ${roleArn}`;
}
