import { randomUUID } from 'node:crypto';
import { AwsError } from '../core/aws-error.ts';
import { checkVersion } from './check-provisioned.ts';
import { checkRevision, conflict } from './function-actions.ts';
import { constraintError } from './function-name.ts';
import type { Alias, FunctionRecord } from './function-record.ts';
import { findVersion, notFound } from './function-store.ts';
import { forgetQualifier } from './resource-policy.ts';
import { invalidParameter } from './rest-input.ts';

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
  const alias = findAlias(record, name);
  if (alias === undefined) throw notFound(`Alias not found: ${record.arn}:${name}`);
  checkRevision(settings.RevisionId, alias.revisionId);
  const next = {
    name,
    version: settings.FunctionVersion ?? alias.version,
    description: settings.Description ?? alias.description,
    weights: settings.weights === undefined ? alias.weights : { ...settings.weights },
    revisionId: randomUUID(),
  };
  checkVersions(record, next);
  const aliases = record.aliases.map((other) => (other.name === name ? next : other));
  if (record.provisioned[name] !== undefined) checkVersion({ ...record, aliases }, name);
  record.aliases = aliases;
  return next;
}

/** Succeeds when it is already gone, as AWS does. */
export function deleteAlias(record: FunctionRecord, name: string): void {
  record.aliases = record.aliases.filter((alias) => alias.name !== name);
  forgetQualifier(record, name);
}

export function getAlias(record: FunctionRecord, name: string): Alias {
  const alias = findAlias(record, name);
  if (alias === undefined) throw notFound(`Cannot find alias arn: ${record.arn}:${name}`);
  return alias;
}

function findAlias(record: FunctionRecord, name: string): Alias | undefined {
  return record.aliases.find((candidate) => candidate.name === name);
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

function checkVersions(record: FunctionRecord, alias: Alias): void {
  checkWeights(alias);
  const { version, weights } = alias;
  for (const wanted of [version, ...Object.keys(weights)]) {
    if (findVersion(record, wanted) === undefined) throw notFound(`Function not found: ${record.arn}:${wanted}`);
  }
  if (Object.keys(weights).length > 0 && version === '$LATEST') {
    throw invalidParameter('$LATEST is not supported for an alias pointing to more than 1 version');
  }
}

function checkWeights({ version, weights }: Alias): void {
  const shares = Object.entries(weights);
  if (shares.some(([, share]) => !(share >= 0 && share <= 1))) {
    const shown = shares.map(([other, share]) => `${other}=${Number.isInteger(share) ? share.toFixed(1) : share}`);
    throw new AwsError(
      'ValidationException',
      `1 validation error detected: Value '{${shown.join(', ')}}' at 'routingConfig.additionalVersionWeights' failed to satisfy constraint: Map value must satisfy constraint: [Member must have value less than or equal to 1.0, Member must have value greater than or equal to 0.0, Member must not be null]`,
    );
  }
  if (shares.length > 1) throw invalidParameter('Number of items in AdditionalVersionWeights cannot be greater than 1');
  if (shares.some(([other]) => other === version)) {
    throw invalidParameter(
      `Invalid function version ${version}. Function version ${version} is already included in routing configuration.`,
    );
  }
}
