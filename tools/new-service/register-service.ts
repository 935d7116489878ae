import { isMap, isNode, isPair, isSeq, parseDocument } from 'yaml';
import type { ServiceNames } from './service-names.ts';

/** Text to insert at an offset. The files are edited as text, so that their comments and layout stay. */
type Insertion = { readonly at: number; readonly text: string };

/** Adds a service to the text of serverless-compose.yml, as the last one. */
export function addToCompose(text: string, { service }: ServiceNames): string {
  const entry = `\n  ${service}:\n    path: services/${service}\n    params:\n      <<: *platform\n`;
  return `${text.trimEnd()}\n${entry}`;
}

/**
 * Adds the scopes of a service, read and write, to the text of services/platform/user-pool.yml. The client for people
 * does not get them: a new service has no data that belongs to its callers.
 * @throws Error if the file does not have the form that this edit needs
 */
export function addToUserPool(text: string, { service, Items }: ServiceNames): string {
  const document = parseDocument(text, { logLevel: 'silent' });
  const resources = document.get('Resources', true);
  const servers = isMap(resources)
    ? resources.items.filter(
        ({ value }) => isMap(value) && value.get('Type') === 'AWS::Cognito::UserPoolResourceServer',
      )
    : [];
  const lastServer = servers.at(-1);
  const dependencies = document.getIn(['Resources', 'UserPoolClient', 'DependsOn'], true);
  if (!isPair(lastServer) || !isSeq(dependencies)) {
    throw new Error('services/platform/user-pool.yml has no scopes like those of the other services.');
  }
  const server = [
    `  ${Items}Scopes:`,
    '    Type: AWS::Cognito::UserPoolResourceServer',
    '    Condition: MakesUserPool',
    '    Properties:',
    '      UserPoolId: !Ref UserPool',
    `      Identifier: ${service}`,
    `      Name: ${service}`,
    '      Scopes: *scopes',
    '',
  ];
  return insert(text, [
    { at: endOfLine(text, lastValueEnd(lastServer.value)), text: `\n${server.join('\n').trimEnd()}` },
    { at: lastValueEnd(dependencies), text: `, ${Items}Scopes` },
  ]);
}

function insert(text: string, insertions: readonly Insertion[]): string {
  return insertions
    .toSorted((one, other) => other.at - one.at)
    .reduce((edited, { at, text: added }) => edited.slice(0, at) + added + edited.slice(at), text);
}

/** The end of the last scalar or alias in a node, before whatever comment follows it. */
function lastValueEnd(node: unknown): number {
  if (isMap(node)) return lastValueEnd(node.items.at(-1)?.value);
  if (isSeq(node)) return lastValueEnd(node.items.at(-1));
  return endOf(node);
}

function endOf(node: unknown): number {
  const range = isNode(node) ? node.range : undefined;
  if (!range) throw new Error('A value of services/platform/user-pool.yml has no position.');
  return range[1];
}

function endOfLine(text: string, offset: number): number {
  const end = text.indexOf('\n', offset);
  return end === -1 ? text.length : end;
}
