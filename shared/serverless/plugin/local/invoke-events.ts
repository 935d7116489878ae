import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventFiles } from '../events/event-files.ts';
import type { InvokeOptions, Serverless } from '../framework.ts';

/** Runs `invoke local` with each event of a service, in the order of its functions. */
export async function invokeEvents(
  { serviceDir, service, pluginManager }: Serverless,
  options: InvokeOptions,
): Promise<void> {
  const environment = { ...process.env };
  for (const { functionName, path } of eventFiles(serviceDir, service.functions)) {
    process.stdout.write(`${path}\n`);
    const data = readFileSync(join(serviceDir, path), 'utf8');
    Object.assign(options, { function: functionName, data, context: undefined });
    await pluginManager.spawn('invoke:local');
    // The variables of this function are not those of the next.
    for (const name of Object.keys(process.env)) delete process.env[name];
    Object.assign(process.env, environment);
  }
}
