import { readFileSync } from 'node:fs';
import * as z from 'zod';
import { parseCommand } from './options.ts';
import { failureText, startFromCommandLine } from './start.ts';
import { untilStopped } from './until-stopped.ts';

async function main(): Promise<void> {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  const { version } = z.object({ version: z.string() }).parse(manifest);
  const command = parseCommand(process.argv.slice(2), version);
  if (command.kind === 'print') {
    (command.exitCode === 0 ? process.stdout : process.stderr).write(`${command.text}\n`);
    process.exitCode = command.exitCode;
    return;
  }
  const stopped = untilStopped();
  const began = performance.now();
  await using endpoint = await startFromCommandLine({ ...command.options, portExample: 'local-aws --port 4567' });
  console.log(`AWS endpoint ready on ${endpoint.url} (${((performance.now() - began) / 1000).toFixed(1)} s)`);
  if (command.options.console) console.log(`Console: ${endpoint.url}/`);
  console.log('Ctrl-C stops it.');
  await stopped;
}

main().catch((error: unknown) => {
  console.error(failureText(error));
  process.exitCode = 1;
});
