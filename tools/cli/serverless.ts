/** The commands `sls`, `serverless` and `osls`: the Serverless CLI of node_modules in the current folder. */
import { existsSync, readFileSync } from 'node:fs';
import { endpointPort } from '#shared/serverless/plugin/local/environment.ts';
import { requireEndpoint, worksOffline } from '#shared/serverless/plugin/local/require-endpoint.ts';
import { asksForHelp, isLocal } from './command-line.ts';

/**
 * Refuses a command for stage local if no endpoint listens. The plugin does too, once the CLI has loaded it: this leaves to
 * it whatever may name another port.
 */
async function requireEndpointEarly(args: readonly string[]): Promise<void> {
  if (!isLocal(args) || asksForHelp(args) || worksOffline(args[0] ?? '')) return;
  const configuration = existsSync('serverless.yml') ? readFileSync('serverless.yml', 'utf8') : '';
  if (!configuration.includes('shared/serverless/plugin') || /edgePort|useDotenv/.test(configuration)) return;
  await requireEndpoint(endpointPort(process.env));
}

try {
  await requireEndpointEarly(process.argv.slice(2));
  await import('./quiet-plugins.ts');
  // It has no types of its own.
  await import(import.meta.resolve('serverless/bin/serverless.js'));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
