import * as z from 'zod';
import { AwsError } from '../core/aws-error.ts';
import type { JsonObject } from '../core/json.ts';
import type { ActionContext, JsonAction } from '../core/json-protocol.ts';
import type { KeyRing } from '../core/key-ring.ts';
import type { Principal } from '../core/principal.ts';
import { readInput } from '../core/read-input.ts';
import { tagList, tagMap } from '../core/tags.ts';
import { descriptionView, encryptedValue, valueView } from './describe-parameter.ts';
import { filterSchema, isBelow, parameterFilter } from './filter-parameters.ts';
import { dataTypes, type Parameter, type ParameterVersion, parameterTypes, tierSchema } from './parameter.ts';
import { checkParameterKey } from './parameter-encryption.ts';
import { parameterNotFound, validation } from './parameter-error.ts';
import { latestOf, type ParameterStore } from './parameter-store.ts';

const name = z.string().min(1).max(2048);
const names = z.array(name).min(1).max(10);
const token = z.string().optional();
const tag = z.strictObject({ Key: z.string().min(1).max(128), Value: z.string().max(256) });
const resource = { ResourceType: z.literal('Parameter'), ResourceId: name };
const decryption = z.boolean().default(false);

const inputs = {
  put: z.strictObject({
    Name: name,
    Value: z.string(),
    Type: z.enum(parameterTypes).optional(),
    Description: z.string().max(1024).optional(),
    KeyId: z.string().min(1).max(256).optional(),
    Overwrite: z.boolean().default(false),
    AllowedPattern: z.string().max(1024).optional(),
    Tags: z.array(tag).max(50).default([]),
    Tier: tierSchema.optional(),
    DataType: z.enum(dataTypes).optional(),
  }),
  get: z.strictObject({ Name: name, WithDecryption: decryption }),
  getMany: z.strictObject({ Names: names, WithDecryption: decryption }),
  byPath: z.strictObject({
    Path: name,
    Recursive: z.boolean().default(false),
    ParameterFilters: z.array(filterSchema).default([]),
    WithDecryption: decryption,
    MaxResults: z.int().min(1).max(10).default(10),
    NextToken: token,
  }),
  history: z.strictObject({
    Name: name,
    WithDecryption: decryption,
    MaxResults: z.int().min(1).max(50).default(50),
    NextToken: token,
  }),
  describe: z.strictObject({
    ParameterFilters: z.array(filterSchema).default([]),
    MaxResults: z.int().min(1).max(50).default(50),
    NextToken: token,
    Shared: z.literal(false).optional(),
  }),
  delete: z.strictObject({ Name: name }),
  deleteMany: z.strictObject({ Names: names }),
  label: z.strictObject({
    Name: name,
    ParameterVersion: z.int().min(1).optional(),
    Labels: z.array(z.string().min(1).max(100)).min(1).max(10),
  }),
  addTags: z.strictObject({ ...resource, Tags: z.array(tag).max(50) }),
  removeTags: z.strictObject({ ...resource, TagKeys: z.array(z.string()) }),
  listTags: z.strictObject(resource),
};

/** Parameter Store of Systems Manager. */
export function parameterActions(store: ParameterStore, keys: KeyRing): Readonly<Record<string, JsonAction>> {
  const read = (
    principal: Principal,
    parameter: Parameter,
    version: ParameterVersion,
    options: { readonly isDecrypted: boolean; readonly selector?: string | undefined },
  ): JsonObject => {
    if (options.isDecrypted) checkParameterKey(keys, parameter, version, { principal, action: 'Decrypt' });
    return valueView(parameter, version, options);
  };
  return {
    PutParameter(input, { region, principal }) {
      const { Name, Value, Type, Overwrite, Tags, ...given } = readInput(input, inputs.put);
      if (Overwrite && Tags.length > 0) {
        throw validation(
          "Invalid request: tags and overwrite can't be used together. To create a parameter with tags, please remove overwrite flag. To update tags for an existing parameter, please use AddTagsToResource or RemoveTagsFromResource.",
        );
      }
      const { version, tier } = store.put(region, {
        name: Name,
        value: Value,
        type: Type,
        isOverwrite: Overwrite,
        modifiedBy: arnOf(principal),
        tags: tagMap(Tags),
        ...(given.Description !== undefined && { description: given.Description }),
        ...(given.AllowedPattern !== undefined && { allowedPattern: given.AllowedPattern }),
        ...(given.Tier !== undefined && { tier: given.Tier }),
        ...(given.DataType !== undefined && { dataType: given.DataType }),
        ...(given.KeyId !== undefined && { keyId: given.KeyId }),
        checkKey: (version) =>
          checkParameterKey(keys, { name: Name, region }, version, { principal, action: 'Encrypt' }),
      });
      return { Version: version, Tier: tier === 'Intelligent-Tiering' ? 'Standard' : tier };
    },
    GetParameter(input, { region, principal }) {
      const { Name, WithDecryption } = readInput(input, inputs.get);
      const { parameter, version, selector } = store.select(region, Name);
      return { Parameter: read(principal, parameter, version, { isDecrypted: WithDecryption, selector }) };
    },
    GetParameters(input, { region, principal }) {
      const { Names, WithDecryption } = readInput(input, inputs.getMany);
      const found: JsonObject[] = [];
      const invalid: string[] = [];
      for (const reference of new Set(Names)) {
        const selected = attempt(() => store.select(region, reference));
        if (selected === undefined) invalid.push(reference);
        else {
          const { parameter, version, selector } = selected;
          found.push(read(principal, parameter, version, { isDecrypted: WithDecryption, selector }));
        }
      }
      return { Parameters: found, InvalidParameters: invalid };
    },
    GetParametersByPath(input, { region, principal }) {
      const { Path, Recursive, ParameterFilters, WithDecryption, ...paging } = readInput(input, inputs.byPath);
      if (!/^\/[\w.\-/]*$/.test(Path)) {
        throw validation(
          'The parameter doesn\'t meet the parameter name requirements. The parameter name must begin with a forward slash "/". It can\'t be prefixed with "aws" or "ssm" (case-insensitive). It must use only letters, numbers, or the following symbols: . (period), - (hyphen), _ (underscore). Special characters are not allowed. All sub-paths, if specified, must use the forward slash symbol "/". Valid example: /get/parameters2-/by1./path0_.',
        );
      }
      const accepts = parameterFilter(ParameterFilters);
      const { items, next } = page(
        store,
        region,
        paging,
        Path,
        (parameter) => isBelow(parameter.name, Path, Recursive) && accepts(parameter),
      );
      return {
        Parameters: items.map((parameter) =>
          read(principal, parameter, latestOf(parameter), { isDecrypted: WithDecryption }),
        ),
        ...next,
      };
    },
    GetParameterHistory(input, { region, principal }) {
      const { Name, WithDecryption, MaxResults, NextToken } = readInput(input, inputs.history);
      const parameter = store.find(region, Name);
      const after = NextToken === undefined ? 0 : Number(readToken(NextToken));
      const rest = parameter.versions.filter(({ version }) => version > after);
      const shown = rest.slice(0, MaxResults);
      const last = shown.at(-1);
      for (const version of WithDecryption ? shown : []) {
        checkParameterKey(keys, parameter, version, { principal, action: 'Decrypt' });
      }
      return {
        Parameters: shown.map((version) => ({
          ...descriptionView(parameter, version),
          Value: WithDecryption ? version.value : encryptedValue(version),
          Labels: version.labels,
        })),
        ...(last !== undefined && rest.length > shown.length && { NextToken: writeToken(String(last.version)) }),
      };
    },
    DescribeParameters(input, { region }) {
      const { ParameterFilters, MaxResults, NextToken } = readInput(input, inputs.describe);
      const { items, next } = page(store, region, { MaxResults, NextToken }, '', parameterFilter(ParameterFilters));
      return { Parameters: items.map((parameter) => descriptionView(parameter, latestOf(parameter))), ...next };
    },
    DeleteParameter(input, { region }) {
      const { Name } = readInput(input, inputs.delete);
      if (!store.delete(region, Name)) throw parameterNotFound();
      return {};
    },
    DeleteParameters(input, { region }) {
      const { Names } = readInput(input, inputs.deleteMany);
      const deleted = Names.filter((each) => store.delete(region, each));
      return { DeletedParameters: deleted, InvalidParameters: Names.filter((each) => !deleted.includes(each)) };
    },
    LabelParameterVersion(input, { region }) {
      const { Name, ParameterVersion, Labels } = readInput(input, inputs.label);
      const parameter = store.find(region, Name);
      const invalid = Labels.filter((label) => !/^(?!aws|ssm|\d)[\w.-]+$/i.test(label));
      const number = ParameterVersion ?? latestOf(parameter).version;
      store.label(
        parameter,
        number,
        Labels.filter((label) => !invalid.includes(label)),
      );
      return { InvalidLabels: invalid, ParameterVersion: number };
    },
    ...tagActions(store),
  };
}

function tagActions(store: ParameterStore): Readonly<Record<string, JsonAction>> {
  return {
    AddTagsToResource(input, { region }: ActionContext) {
      const { ResourceId, Tags } = readInput(input, inputs.addTags);
      const parameter = store.find(region, ResourceId);
      store.setTags(parameter, { ...parameter.tags, ...tagMap(Tags) });
      return {};
    },
    RemoveTagsFromResource(input, { region }: ActionContext) {
      const { ResourceId, TagKeys } = readInput(input, inputs.removeTags);
      const parameter = store.find(region, ResourceId);
      const kept = Object.entries(parameter.tags).filter(([key]) => !TagKeys.includes(key));
      store.setTags(parameter, Object.fromEntries(kept));
      return {};
    },
    ListTagsForResource(input, { region }: ActionContext) {
      const { ResourceId } = readInput(input, inputs.listTags);
      return { TagList: tagList(store.find(region, ResourceId).tags) };
    },
  };
}

function page(
  store: ParameterStore,
  region: string,
  { MaxResults, NextToken }: { readonly MaxResults: number; readonly NextToken?: string | undefined },
  prefix: string,
  accepts: (parameter: Parameter) => boolean,
): { readonly items: readonly Parameter[]; readonly next: { readonly NextToken?: string } } {
  const items: Parameter[] = [];
  const after = NextToken === undefined ? undefined : readToken(NextToken);
  for (const parameter of store.entries(region, prefix, after)) {
    if (!accepts(parameter)) continue;
    const last = items.at(-1);
    if (items.length === MaxResults && last !== undefined) return { items, next: { NextToken: writeToken(last.name) } };
    items.push(parameter);
  }
  return { items, next: {} };
}

function writeToken(last: string): string {
  return Buffer.from(`after:${last}`).toString('base64url');
}

function readToken(text: string): string {
  const last = /^after:(.+)$/s.exec(Buffer.from(text, 'base64url').toString())?.[1];
  if (last === undefined) throw validation('The specified token is not valid.');
  return last;
}

function attempt<T>(run: () => T): T | undefined {
  try {
    return run();
  } catch (error) {
    if (error instanceof AwsError) return undefined;
    throw error;
  }
}

function arnOf(principal: Principal): string {
  return principal.kind === 'service' ? principal.service : principal.arn;
}
