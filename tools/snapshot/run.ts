/** Saves and loads the data of the running endpoint. `npm run snapshot -- --help` */
import { parseArgs } from 'node:util';
import * as z from 'zod';
import { askEndpoint, endpointDefault, endpointUrl } from '../cli/endpoint-url.ts';

const usage = `Saves the items of tables, messages of queues and objects of buckets, and puts them back later.

Usage: npm run snapshot -- save <name>
       npm run snapshot -- load <name>
       npm run snapshot -- delete <name>
       npm run snapshot -- list

Options:
  --endpoint-url <url>  the running endpoint (default ${endpointDefault})
  --help                show this text

Stacks stay as they are. What belongs to a table, queue or bucket that is no longer there is left out. The endpoint keeps
snapshots in .local/snapshots.`;

const problemSchema = z.object({ message: z.string() });
const savedSchema = z.object({ name: z.string(), savedAt: z.string(), bytes: z.number() });
const listSchema = z.object({ snapshots: z.array(savedSchema) });

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { 'endpoint-url': { type: 'string' }, help: { type: 'boolean', default: false } },
  });
  if (values.help) {
    console.log(usage);
    return 0;
  }
  const [action, name, ...rest] = positionals;
  const url = endpointUrl(values['endpoint-url']);
  if (action === 'list' && name === undefined) {
    const { snapshots } = listSchema.parse(await call(url, 'GET', ''));
    for (const snapshot of snapshots) console.log(`${snapshot.name}  ${snapshot.savedAt}  ${snapshot.bytes} bytes`);
    return 0;
  }
  if (name === undefined || rest.length > 0) throw new Error(usage);
  const path = `/${encodeURIComponent(name)}`;
  switch (action) {
    case 'save': {
      const { bytes } = savedSchema.parse(await call(url, 'POST', path));
      console.log(`${name} saved: ${bytes} bytes.`);
      return 0;
    }
    case 'load':
      await call(url, 'POST', `${path}/load`);
      console.log(`${name} loaded.`);
      return 0;
    case 'delete':
      await call(url, 'DELETE', path);
      console.log(`${name} deleted.`);
      return 0;
    default:
      throw new Error(usage);
  }
}

async function call(url: string, method: string, path: string): Promise<unknown> {
  const response = await askEndpoint(url, `/_local/api/snapshots${path}`, {
    method,
    headers: { 'content-type': 'application/json' },
    ...(method === 'POST' && { body: '{}' }),
  });
  const text = await response.text();
  const body: unknown = text === '' ? undefined : JSON.parse(text);
  if (response.ok) return body;
  throw new Error(problemSchema.safeParse(body).data?.message ?? `The endpoint answered ${response.status}.`);
}

main().then(
  (status) => {
    process.exitCode = status;
  },
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 2;
  },
);
