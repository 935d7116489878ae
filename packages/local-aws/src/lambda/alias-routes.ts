import * as z from 'zod';
import type { RestRoute } from '../core/rest-protocol.ts';
import { aliasView, createAlias, deleteAlias, getAlias, updateAlias } from './alias-actions.ts';
import type { FunctionStore } from './function-store.ts';
import { resolveTarget } from './function-target.ts';
import { pageOf, queryOf, readInput } from './rest-input.ts';

const optionalText = z.string().optional();

const aliasInput = {
  FunctionVersion: optionalText,
  Description: optionalText,
  RoutingConfig: z
    .strictObject({ AdditionalVersionWeights: z.record(z.string(), z.number()).nullish() })
    .nullish()
    .transform((routing) => (routing == null ? undefined : (routing.AdditionalVersionWeights ?? {}))),
};
const updateAliasInput = z.strictObject({ ...aliasInput, RevisionId: optionalText });
const createAliasInput = z.strictObject({ ...aliasInput, Name: z.string(), FunctionVersion: z.string() });

/** Aliases of a function. */
export function aliasRoutes(functions: FunctionStore): RestRoute[] {
  const path = `/2015-03-31/functions/{name}/aliases`;
  return [
    {
      method: 'POST',
      path,
      handle(request, parameters) {
        const { record } = resolveTarget(functions, request, parameters);
        const { Name, RoutingConfig: weights, ...settings } = readInput(request, createAliasInput);
        const alias = createAlias(record, Name, { ...settings, weights });
        functions.changed();
        return { status: 201, body: aliasView(record, alias) };
      },
    },
    {
      method: 'GET',
      path,
      handle(request, parameters) {
        const { record } = resolveTarget(functions, request, parameters);
        const version = queryOf(request, 'FunctionVersion');
        const aliases = record.aliases.filter((alias) => version === undefined || alias.version === version);
        const { page, marker } = pageOf(request, aliases);
        return { body: { Aliases: page.map((alias) => aliasView(record, alias)), ...marker } };
      },
    },
    {
      method: 'GET',
      path: `${path}/{alias}`,
      handle(request, parameters) {
        const { record } = resolveTarget(functions, request, parameters);
        return { body: aliasView(record, getAlias(record, parameters.alias ?? '')) };
      },
    },
    {
      method: 'PUT',
      path: `${path}/{alias}`,
      handle(request, parameters) {
        const { record } = resolveTarget(functions, request, parameters);
        const { RoutingConfig: weights, ...settings } = readInput(request, updateAliasInput);
        const alias = updateAlias(record, parameters.alias ?? '', { ...settings, weights });
        functions.changed();
        return { body: aliasView(record, alias) };
      },
    },
    {
      method: 'DELETE',
      path: `${path}/{alias}`,
      handle(request, parameters) {
        deleteAlias(resolveTarget(functions, request, parameters).record, parameters.alias ?? '');
        functions.changed();
        return { status: 204 };
      },
    },
  ];
}
