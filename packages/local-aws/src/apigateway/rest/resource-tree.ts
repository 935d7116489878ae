import { AwsError } from '../../core/aws-error.ts';
import type { ApiDefinition, Resource } from './api-definition.ts';
import { resourceOf } from './put-method.ts';

type Place = { readonly parentId: string; readonly pathPart: string };

/** Adds a resource below its parent. @throws AwsError for a path that the parent cannot have */
export function addResource(definition: ApiDefinition, id: string, place: Place): Resource {
  checkPlace(definition, id, place);
  const resource: Resource = { id, ...place, path: pathOf(definition, place), methods: {} };
  definition.resources[id] = resource;
  return resource;
}

/** Moves a resource, and with it the paths of all resources below it. @throws AwsError as above */
export function moveResource(definition: ApiDefinition, resource: Resource, place: Place): void {
  const below = new Set(descendants(definition, resource));
  const parent = resourceOf(definition, place.parentId);
  if (parent === resource || below.has(parent)) {
    throw new AwsError('BadRequestException', 'Resources cannot be cyclical.');
  }
  checkPlace(definition, resource.id, place);
  const { path } = resource;
  Object.assign(resource, { ...place, path: pathOf(definition, place) });
  for (const descendant of below) descendant.path = `${resource.path}${descendant.path.slice(path.length)}`;
}

/** Removes a resource and all below it. */
export function removeResource(definition: ApiDefinition, resource: Resource): void {
  for (const { id } of [...descendants(definition, resource), resource]) delete definition.resources[id];
}

function descendants(definition: ApiDefinition, { id }: Resource): Resource[] {
  const children = Object.values(definition.resources).filter(({ parentId }) => parentId === id);
  return children.flatMap((child) => [child, ...descendants(definition, child)]);
}

function pathOf(definition: ApiDefinition, { parentId, pathPart }: Place): string {
  const { path } = resourceOf(definition, parentId);
  return `${path === '/' ? '' : path}/${pathPart}`;
}

function checkPlace(definition: ApiDefinition, id: string, { parentId, pathPart }: Place): void {
  const parent = resourceOf(definition, parentId);
  if (!/^(\{[\w.$:-]+\+?\}|[\w.$:@!*'()+,;=~%-]+)$/.test(pathPart)) {
    throw new AwsError(
      'BadRequestException',
      "Resource's path part only allow a-zA-Z0-9._-: or a valid greedy path variable and curly braces at the beginning and the end.",
    );
  }
  if (/^\{.+\+\}$/.test(parent.pathPart)) {
    throw new AwsError(
      'BadRequestException',
      `Cannot create a child of a resource with a greedy path variable: ${parent.pathPart}`,
    );
  }
  const siblings = Object.values(definition.resources).filter(
    (candidate) => candidate.parentId === parentId && candidate.id !== id,
  );
  if (siblings.some((sibling) => sibling.pathPart === pathPart)) {
    const message = `Another resource with the same parent already has this name: ${pathPart}`;
    throw new AwsError('ConflictException', message, 409);
  }
  const variable = pathPart.startsWith('{') ? siblings.find((sibling) => sibling.pathPart.startsWith('{')) : undefined;
  if (variable !== undefined) {
    throw new AwsError(
      'BadRequestException',
      `A sibling (${variable.pathPart}) of this resource already has a variable path part -- only one is allowed`,
    );
  }
}
