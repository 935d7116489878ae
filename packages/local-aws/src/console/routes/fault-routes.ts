import * as z from 'zod';
import { type ControlRoute, controlInput } from '../../control/control-api.ts';
import type { FaultInput } from '../api-types.ts';
import type { Faults } from '../faults/faults.ts';
import { notFound, prefix } from './input.ts';

const faultBody = z.strictObject({
  service: z.string().min(1),
  resource: z.string().min(1).optional(),
  operation: z.string().min(1).optional(),
  rate: z.number().gt(0).max(1).optional(),
  fault: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('latency'), milliseconds: z.int().min(1).max(300_000) }),
    z.strictObject({
      kind: z.literal('error'),
      code: z
        .string()
        .regex(/^[\w.]+$/)
        .optional(),
      status: z.int().min(400).max(599).optional(),
    }),
    z.strictObject({ kind: z.literal('throttle') }),
  ]),
});

export function faultRoutes(faults: Faults): readonly ControlRoute[] {
  return [
    { method: 'GET', path: `${prefix}/faults`, handle: () => ({ body: { faults: faults.list() } }) },
    {
      method: 'POST',
      path: `${prefix}/faults`,
      handle: (request) => ({ status: 201, body: faults.add(withoutUndefined(controlInput(faultBody, request))) }),
    },
    {
      method: 'DELETE',
      path: `${prefix}/faults`,
      handle: () => {
        faults.clear();
        return { status: 204 };
      },
    },
    {
      method: 'DELETE',
      path: `${prefix}/faults/{id}`,
      handle: (_request, { id = '' }) => {
        if (!faults.remove(id)) throw notFound(`fault ${id}`);
        return { status: 204 };
      },
    },
  ];
}

function withoutUndefined({ service, resource, operation, rate, fault }: z.infer<typeof faultBody>): FaultInput {
  return {
    service,
    ...(resource !== undefined && { resource }),
    ...(operation !== undefined && { operation }),
    ...(rate !== undefined && { rate }),
    fault:
      fault.kind === 'error'
        ? {
            kind: 'error',
            ...(fault.code !== undefined && { code: fault.code }),
            ...(fault.status !== undefined && { status: fault.status }),
          }
        : fault,
  };
}
