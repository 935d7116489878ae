/**
 * The function behind an integration or authorizer: an ARN, or one inside
 * `arn:aws:apigateway:<region>:lambda:path/2015-03-31/functions/<arn>/invocations`. Stage variables are put in.
 *
 * @returns undefined when the URI is of another form
 */
export function functionArnOf(uri: string, stageVariables: Readonly<Record<string, string>> = {}): string | undefined {
  const filled = uri.replaceAll(/\$\{stageVariables\.(\w+)\}/g, (_, name: string) => stageVariables[name] ?? '');
  const [, inner] =
    /^arn:[\w-]+:apigateway:[^:]*:lambda:path\/[\d-]+\/functions\/(.+)\/invocations$/.exec(filled) ?? [];
  const candidate = inner ?? filled;
  return /^arn:[\w-]+:lambda:[^:]*:\d{12}:function:.+$/.test(candidate) ? candidate : undefined;
}
