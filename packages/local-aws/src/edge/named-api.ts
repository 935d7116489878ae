import { AwsError } from '../core/aws-error.ts';
import type { Requester } from './requester.ts';
import type { Route, Target } from './route.ts';

/** Finds the stage of an API by its name. @throws AwsError when there is none or are several of that name */
export type FindApi = (name: string) => { readonly apiId: string; readonly stage: string };

/**
 * The API that a route below `/_api/` names, or why there is none. That error lists the deployed APIs, so that a page of
 * another site gets the answer of an unknown API instead.
 */
export function targetOf(route: Route, requester: Requester, findApi: FindApi | undefined): Target | AwsError {
  if (route.kind !== 'named-api') return route;
  const { name, path } = route;
  try {
    if (findApi === undefined) throw new AwsError('NotFoundException', `There is no API named ${name}.`, 404);
    const { apiId, stage } = findApi(name);
    return { kind: 'api', apiId, stage, path, isByPath: true, isByName: true };
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    return requester === 'foreign-page' ? { kind: 'api', apiId: '', stage: undefined, path, isByPath: true } : error;
  }
}
