/** Prints a token of the running endpoint. `npm run token -- --help` */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { parse } from 'yaml';
import * as z from 'zod';
import { askEndpoint, endpointDefault, endpointUrl } from '../cli/endpoint-url.ts';

const usage = `Prints an access token that the APIs on the local endpoint take, and nothing else.

Usage: TOKEN=$(npm run -s token -- --sub alice --scopes tasks/read,tasks/write)
       curl -H "authorization: Bearer $TOKEN" http://localhost:4566/_api/tasks/tasks

Options:
  --sub <name>           whose token it is
  --scopes <a,b>         what it allows, for example tasks/read,tasks/write (default none)
  --audience <name>      who it is for: the parameter oidcAudience of stage local without it; of a user pool's token, one
                         of the pool's clients by id or name, which must be named only when there are several
  --expires-in <seconds> how long it is valid (default 3600); --expires-in=-60 makes one that has expired
  --claim <name=value>   a further claim, its value read as JSON where it is JSON; may be given more than once
  --pool <id>            the user pool to issue it for, or none for the endpoint's own issuer; without it the pool of
                         platform where there is one (auth=cognito) or the only one there is, else the issuer
  --id-token             an identity token of the user pool in place of an access token
  --endpoint-url <url>   where the endpoint is (default ${endpointDefault})
  --help                 show this text`;

const poolsSchema = z.array(z.looseObject({ id: z.string(), stackName: z.string() }));
const tokenSchema = z.looseObject({ access_token: z.string() });
const errorSchema = z.looseObject({ message: z.string() });
const paramsSchema = z.looseObject({ local: z.looseObject({ oidcAudience: z.string() }) });

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      sub: { type: 'string' },
      scopes: { type: 'string', default: '' },
      audience: { type: 'string' },
      'expires-in': { type: 'string' },
      claim: { type: 'string', multiple: true, default: [] },
      pool: { type: 'string' },
      'id-token': { type: 'boolean', default: false },
      'endpoint-url': { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(usage);
    return;
  }
  const { sub, scopes, claim, 'expires-in': expiresIn } = values;
  if (sub === undefined || sub === '') throw new Error('--sub is missing.');
  if (expiresIn !== undefined && !/^-?\d+$/.test(expiresIn)) throw new Error('--expires-in takes a number of seconds.');

  const url = endpointUrl(values['endpoint-url']);
  const pool = values.pool ?? (await platformPool(url)) ?? 'none';
  const audience = values.audience ?? (pool === 'none' ? audienceOfStageLocal() : undefined);
  const form = new URLSearchParams({
    sub,
    scopes,
    claims: JSON.stringify(Object.fromEntries(claim.map(readClaim))),
    ...(audience !== undefined && { audience }),
    ...(expiresIn !== undefined && { expiresIn }),
    ...(pool !== 'none' && { pool }),
    ...(values['id-token'] && { use: 'id' }),
  });
  const { access_token: token } = await ask(url, '/_local/oidc/token', tokenSchema, { method: 'POST', body: form });
  console.log(token);
}

/** The pool that the stack platform made, or the only one that there is. */
async function platformPool(url: string): Promise<string | undefined> {
  const pools = await ask(url, '/_local/user-pools', poolsSchema);
  const ofPlatform = pools.find(({ stackName }) => stackName === 'platform-local');
  return ofPlatform?.id ?? (pools.length === 1 ? pools[0]?.id : undefined);
}

function audienceOfStageLocal(): string {
  const root = join(import.meta.dirname, '..', '..');
  const text = readFileSync(join(root, 'shared', 'serverless', 'params.yml'), 'utf8');
  return paramsSchema.parse(parse(text)).local.oidcAudience;
}

function readClaim(text: string): [name: string, value: unknown] {
  const [, name, value] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
  if (name === undefined || value === undefined) throw new Error(`--claim takes name=value, not "${text}".`);
  try {
    return [name, JSON.parse(value)];
  } catch {
    return [name, value];
  }
}

async function ask<T>(url: string, path: string, schema: z.ZodType<T>, init: RequestInit = {}): Promise<T> {
  const response = await askEndpoint(url, path, init);
  const body: unknown = await response.json().catch(() => undefined);
  const answer = schema.safeParse(body);
  if (response.ok && answer.success) return answer.data;
  const refusal = errorSchema.safeParse(body);
  if (response.status === 400 && refusal.success) throw new Error(`The token was refused: ${refusal.data.message}`);
  throw new Error(`What answers at ${url} is not the endpoint of this project (status ${response.status}).`);
}

main().catch((error: unknown) => {
  console.error(`${error instanceof Error ? error.message : error}\nRun with --help for the options.`);
  process.exitCode = 1;
});
