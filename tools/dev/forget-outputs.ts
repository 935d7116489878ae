import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';

const stateSchema = z.looseObject({ components: z.record(z.string(), z.looseObject({})).default({}) });

/**
 * Has osls-compose in `folder` ask the stacks of stage local for their outputs. It keeps them until a deploy changes the
 * stack, and hands them on; but those of another endpoint, or of another `--persist` folder, name other streams and queues.
 */
export function forgetOutputs(folder: string): void {
  const file = join(folder, '.serverless', 'state.local.json');
  if (!existsSync(file)) return;
  const { components, ...state } = stateSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  const forgotten = Object.entries(components).map(([name, { outputs: _, ...component }]) => [name, component]);
  writeFileSync(file, JSON.stringify({ ...state, components: Object.fromEntries(forgotten) }));
}
