/**
 * Who makes a call. The edge derives it from the access key of the signature; services that call on behalf of a
 * role (API Gateway integrations, event source mappings, pipes) pass that role's principal themselves.
 */
export type Principal =
  /** The developer's own test credentials: the account root, allowed everything. */
  | { readonly kind: 'account'; readonly arn: string }
  /** A role session. `arn` is the session's, `arn:aws:sts::<account>:assumed-role/<role>/<session>`. */
  | { readonly kind: 'role'; readonly arn: string; readonly roleArn: string; readonly sessionName: string }
  | ServicePrincipal;

/** An AWS service acting as itself, allowed by resource policies, e.g. `apigateway.amazonaws.com`. */
export type ServicePrincipal = { readonly kind: 'service'; readonly service: string; readonly sourceArn?: string };
