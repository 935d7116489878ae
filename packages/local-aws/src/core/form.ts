import { AwsError } from './aws-error.ts';

/** Above what any action takes: ten messages of SQS with all their attributes are some 400. */
const maxParameters = 10_000;

/** Reads a form-encoded body. @throws AwsError MalformedInput for more parameters than any action has */
export function readForm(body: Buffer): URLSearchParams {
  const text = body.toString();
  let count = 1;
  for (let at = text.indexOf('&'); at >= 0; at = text.indexOf('&', at + 1)) {
    count += 1;
    if (count > maxParameters) throw malformedInput(`The request has more than ${maxParameters} parameters`);
  }
  return new URLSearchParams(text);
}

export function malformedInput(message: string): AwsError {
  return new AwsError('MalformedInput', message);
}
