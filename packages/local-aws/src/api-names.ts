import { defaultRegion } from './core/arn.ts';
import { AwsError } from './core/aws-error.ts';

/** What the name of an API can be made of. */
export type NamedApi = {
  readonly stack: string;
  /** The name of the stack without the stage at its end. */
  readonly service: string;
  readonly region: string;
  /** The name of the API in the template. */
  readonly logicalId: string;
  readonly stage: string;
};

/**
 * The name of the service that a stack is a stage of: the name of the stack, without the stage when it ends with that.
 *
 * @param stages the stack's tag `STAGE`, which the Serverless Framework sets, and the stages of its APIs
 */
export function serviceOf(stack: string, stages: readonly (string | undefined)[]): string {
  const stage = stages.find((each) => each !== undefined && each !== '' && stack.endsWith(`-${each}`));
  return stage === undefined || stack === `-${stage}` ? stack : stack.slice(0, -stage.length - 1);
}

/** The one API that `name` means. @throws AwsError that lists the names, when there is none or are several */
export function onlyApiNamed<Api extends NamedApi>(apis: readonly Api[], name: string): Api {
  const found = apisNamed(apis, name);
  const [only, ...others] = found;
  if (only === undefined) {
    const names = apis.map((api) => nameOf(apis, api));
    const known = names.length === 0 ? 'No API is deployed.' : `APIs: ${names.join(', ')}.`;
    throw new AwsError('NotFoundException', `There is no API named ${name}. ${known}`, 404);
  }
  if (others.length === 0) return only;
  const names = found.map((api) => nameOf(apis, api));
  throw new AwsError('ConflictException', `${name} names several APIs. Use one of: ${names.join(', ')}.`, 409);
}

/** The shortest name that means this API alone. */
export function nameOf(apis: readonly NamedApi[], api: NamedApi): string {
  const { stack, service, logicalId, stage, region } = api;
  const candidates = [[], [logicalId], [stage], [region], [logicalId, stage], [logicalId, stage, region]].flatMap(
    (qualifiers) => [[service, ...qualifiers].join('.'), [stack, ...qualifiers].join('.')],
  );
  const own = candidates.find((name) => {
    const [found, ...others] = apisNamed(apis, name);
    return found === api && others.length === 0;
  });
  return own ?? candidates.at(-1) ?? stack;
}

/**
 * The stages of APIs that `name` means. A name is a stack or a service, and after dots the logical id, stage or region of the API, in any
 * order: logical ids, stages, regions. Without a region it means an API of the default one if there is one.
 */
export function apisNamed<Api extends NamedApi>(apis: readonly Api[], name: string): readonly Api[] {
  const [head = '', ...qualifiers] = name.split('.');
  const qualified = apis.filter(({ logicalId, stage, region }) =>
    qualifiers.every((qualifier) => [logicalId, stage, region].includes(qualifier)),
  );
  // A stack keeps its name when a service of the same name is deployed later.
  const byStack = qualified.filter(({ stack }) => stack === head);
  const found = byStack.length > 0 ? byStack : qualified.filter(({ service }) => service === head);
  const near = found.filter(({ region }) => region === defaultRegion);
  return near.length > 0 ? near : found;
}
