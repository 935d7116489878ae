import { randomUUID } from 'node:crypto';
import { AwsError } from '../core/aws-error.ts';
import { checkRevision, conflict } from './function-actions.ts';
import { constraintError } from './function-name.ts';
import type { Alias, FunctionRecord } from './function-record.ts';
import { findVersion, notFound } from './function-store.ts';
import { forgetQualifier } from './resource-policy.ts';

export type AliasSettings = {
  readonly FunctionVersion?: string | undefined;
  readonly Description?: string | undefined;
  /** Version to share of the invocations. */
  readonly weights?: Readonly<Record<string, number>> | undefined;
  readonly RevisionId?: string | undefined;
};

export function createAlias(record: FunctionRecord, name: string, settings: AliasSettings): Alias {
  if (!/^(?!\d+$)[a-zA-Z0-9-_]{1,128}$/.test(name)) {
    throw constraintError(name, 'name', 'regular expression pattern: (?!^[0-9]+$)([a-zA-Z0-9-_]+)');
  }
  if (record.aliases.some((alias) => alias.name === name))
    throw conflict(`Alias already exists: ${record.arn}:${name}`);
  const alias = {
    name,
    version: settings.FunctionVersion ?? '',
    description: settings.Description ?? '',
    weights: { ...settings.weights },
    revisionId: randomUUID(),
  };
  checkVersions(record, alias);
  record.aliases.push(alias);
  return alias;
}

export function updateAlias(record: FunctionRecord, name: string, settings: AliasSettings): Alias {
  const alias = getAlias(record, name);
  checkRevision(settings.RevisionId, alias.revisionId);
  const next = {
    name,
    version: settings.FunctionVersion ?? alias.version,
    description: settings.Description ?? alias.description,
    weights: settings.weights === undefined ? alias.weights : { ...settings.weights },
    revisionId: randomUUID(),
  };
  checkVersions(record, next);
  record.aliases = record.aliases.map((other) => (other.name === name ? next : other));
  return next;
}

/** Succeeds when it is already gone, as AWS does. */
export function deleteAlias(record: FunctionRecord, name: string): void {
  record.aliases = record.aliases.filter((alias) => alias.name !== name);
  forgetQualifier(record, name);
}

export function getAlias(record: FunctionRecord, name: string): Alias {
  const alias = record.aliases.find((candidate) => candidate.name === name);
  if (alias === undefined) throw notFound(`Cannot find alias arn: ${record.arn}:${name}`);
  return alias;
}

export function aliasView(record: FunctionRecord, alias: Alias): object {
  return {
    AliasArn: `${record.arn}:${alias.name}`,
    Name: alias.name,
    FunctionVersion: alias.version,
    Description: alias.description,
    RevisionId: alias.revisionId,
    ...(Object.keys(alias.weights).length === 0 ? {} : { RoutingConfig: { AdditionalVersionWeights: alias.weights } }),
  };
}

function checkVersions(record: FunctionRecord, { version, weights }: Alias): void {
  for (const wanted of [version, ...Object.keys(weights)]) {
    if (findVersion(record, wanted) === undefined) throw notFound(`Function not found: ${record.arn}:${wanted}`);
  }
  const shares = Object.values(weights);
  if (shares.length > 0 && version === '$LATEST') {
    throw new AwsError(
      'InvalidParameterValueException',
      '$LATEST is not supported for an alias pointing to more than 1 version',
    );
  }
  if (shares.length > 1 || shares.some((share) => !(share >= 0 && share <= 1))) {
    throw new AwsError(
      'InvalidParameterValueException',
      'Number of items in AdditionalVersionWeights cannot be greater than 1, and a weight is a number from 0 to 1',
    );
  }
}
