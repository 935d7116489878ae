import * as z from 'zod';
import { type ControlRoute, controlInput } from '../control/control-api.ts';
import { AwsError } from '../core/aws-error.ts';
import { type DataPorts, readData, writeData } from './endpoint-data.ts';
import type { SnapshotShelf } from './snapshot-shelf.ts';

export type SnapshotPorts = DataPorts & {
  readonly shelf: SnapshotShelf;
  /** Deletes all data, calls `write`, and only then lets consumers go on: what it writes is no change to them. */
  readonly replaceData: (write: () => Promise<void>) => Promise<void>;
};

const path = '/_local/api/snapshots';
const noInput = z.strictObject({});

/** Saves the data of the endpoint under a name, and puts it back. */
export function snapshotRoutes(ports: SnapshotPorts): readonly ControlRoute[] {
  const { shelf, replaceData } = ports;
  return [
    { method: 'GET', path, handle: () => ({ body: { snapshots: shelf.list() } }) },
    {
      method: 'POST',
      path: `${path}/{name}`,
      handle: async (request, { name = '' }) => {
        controlInput(noInput, request);
        checkName(name);
        return { body: await shelf.put(name, await readData(ports)) };
      },
    },
    {
      method: 'POST',
      path: `${path}/{name}/load`,
      handle: async (request, { name = '' }) => {
        controlInput(noInput, request);
        checkName(name);
        const snapshot = await shelf.get(name);
        await replaceData(() => writeData(snapshot, ports));
        return { status: 204 };
      },
    },
    {
      method: 'DELETE',
      path: `${path}/{name}`,
      handle: (_request, { name = '' }) => {
        checkName(name);
        if (!shelf.delete(name)) throw new AwsError('NotFound', `There is no snapshot ${name}.`, 404);
        return { status: 204 };
      },
    },
  ];
}

/** Names are names of files. */
function checkName(name: string): void {
  if (/^\w[\w.-]{0,63}$/.test(name)) return;
  throw new AwsError(
    'ValidationException',
    'The name of a snapshot has up to 64 letters, digits, dots, dashes and underscores.',
  );
}
