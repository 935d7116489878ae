import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import * as z from 'zod';
import { ownNames } from '../own-function.ts';

const object = z.record(z.string(), z.unknown());
const functionSchema = z.strictObject({
  /** The function of this project that does the same. */
  ours: z.enum(ownNames),
  entry: z.string(),
  export: z.string().default('handler'),
  /** By default a request of API Gateway, as ours gets it. */
  event: object.optional(),
  /** What the table answers, by default what it answers to ours. */
  answer: object.optional(),
});

const peerSchema = z.strictObject({
  about: z.string().optional(),
  /** The service within the checkout. */
  folder: z.string().default('.'),
  /** What its deploy leaves out of bundles. */
  external: z.array(z.string()).default([]),
  mainFields: z.array(z.string()).optional(),
  environment: z.record(z.string(), z.string()).default({}),
  functions: z.array(functionSchema).min(1),
});

export type Peer = z.infer<typeof peerSchema>;
export type PeerFunction = Peer['functions'][number];

/** What the command line says about one function, in place of a description. */
export type PeerOptions = {
  readonly description?: string | undefined;
  readonly entry?: string | undefined;
  readonly export?: string | undefined;
  readonly event?: string | undefined;
  readonly ours?: string | undefined;
  readonly env?: readonly string[] | undefined;
};

const known = join(import.meta.dirname, 'serverless-microservice-patterns.json');

/**
 * The peer in a checkout: by a description, or one function of it by options.
 * @throws Error that says what is missing or wrong
 */
export function readPeer(checkout: string, options: PeerOptions): { readonly peer: Peer; readonly folder: string } {
  if (options.entry !== undefined && options.description !== undefined) {
    throw new Error('Give --description or --entry, not both.');
  }
  if (options.entry === undefined && (options.export ?? options.event ?? options.ours ?? options.env) !== undefined) {
    throw new Error('--export, --event, --ours and --env are about the function of --entry.');
  }
  const source = options.entry === undefined ? (options.description ?? known) : 'the options';
  const { data, error } = peerSchema.safeParse(
    options.entry === undefined ? readJson(source) : ofOptions(options, options.entry),
  );
  if (error !== undefined) throw new Error(`${source} does not describe a peer:\n${z.prettifyError(error)}`);
  const folder = resolve(checkout, data.folder);
  if (!existsSync(folder)) throw new Error(`There is no ${folder}.`);
  for (const { entry } of data.functions) {
    if (!existsSync(join(folder, entry))) throw new Error(`There is no ${entry} in ${folder}.`);
  }
  return { peer: data, folder };
}

function ofOptions({ export: name = 'handler', event, ours = 'createTask', env = [] }: PeerOptions, entry: string) {
  return {
    environment: Object.fromEntries(env.map((pair) => [pair.split('=')[0], pair.slice(pair.indexOf('=') + 1)])),
    functions: [{ ours, entry, export: name, ...(event !== undefined && { event: readJson(event) }) }],
  };
}

function readJson(file: string): unknown {
  if (!existsSync(file)) throw new Error(`There is no file ${file}.`);
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new Error(`${file} is not JSON: ${error instanceof Error ? error.message : error}`);
  }
}
