import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { build } from 'esbuild';
import { type ColdStart, measureColdStarts, type ProbedFunction } from '../cold-start.ts';
import { startInstantStub } from '../instant-stub.ts';
import { bundleOwnFunction, functionEnvironment, type OwnFunction } from '../own-function.ts';
import type { Measurement } from '../report.ts';
import { measureWarmOverhead } from '../warm-overhead.ts';
import type { Peer, PeerFunction } from './read-peer.ts';

const runs = 21;

/** Measures the same work on functions of a peer and of this project, against a table that answers at once. */
export async function measurePeer(peer: Peer, folder: string): Promise<readonly Measurement[]> {
  const bundles = mkdtempSync(join(tmpdir(), 'peer-'));
  const measurements: Measurement[] = [];
  try {
    for (const described of peer.functions) {
      const ours = await bundleOwnFunction(described.ours, bundles);
      const theirs = await bundlePeerFunction(peer, described, { folder, bundles, ours });
      measurements.push(...(await compare(described.ours, ours, theirs)));
    }
    return measurements;
  } finally {
    rmSync(bundles, { recursive: true });
  }
}

async function bundlePeerFunction(
  { external, mainFields, environment }: Peer,
  { entry, export: handler, event, answer, ours: name }: PeerFunction,
  { folder, bundles, ours }: { readonly folder: string; readonly bundles: string; readonly ours: OwnFunction },
): Promise<OwnFunction> {
  const file = join(bundles, `peer-${name}.cjs`);
  const options = { minify: true, platform: 'node', target: 'node24', format: 'cjs' } as const;
  await build({
    ...options,
    external,
    ...(mainFields && { mainFields }),
    absWorkingDir: folder,
    entryPoints: [entry],
    bundle: true,
    outfile: file,
    logLevel: 'silent',
  }).catch((error: unknown) => {
    throw new Error(`${entry} cannot be bundled; are the packages of ${folder} installed?\n${String(error)}`);
  });
  return {
    file,
    handler,
    event: event ?? ours.event,
    answer: answer ?? ours.answer,
    // What is left to the runtime comes from the packages of the peer.
    environment: functionEnvironment({ NODE_PATH: packagesAbove(folder), ...environment }),
  };
}

function packagesAbove(folder: string): string {
  const above = dirname(folder);
  const own = join(folder, 'node_modules');
  return above === folder ? own : `${own}${delimiter}${packagesAbove(above)}`;
}

async function compare(name: string, ours: OwnFunction, theirs: OwnFunction): Promise<readonly Measurement[]> {
  await using ownTable = await startInstantStub(ours.answer);
  await using theirTable = await startInstantStub(theirs.answer);
  const at = ({ file, handler, event, environment }: ProbedFunction, AWS_ENDPOINT_URL: string): ProbedFunction => ({
    file,
    handler,
    event,
    environment: { ...environment, AWS_ENDPOINT_URL },
  });
  const functions = new Map([
    ['ours', at(ours, ownTable.url)],
    ['the peer', at(theirs, theirTable.url)],
  ]);
  const cold = await measureColdStarts(functions, { runs, expect: [200, 201] });
  const [own, peer] = [coldOf(cold.get('ours')), coldOf(cold.get('the peer'))];
  const [ownWarm, peerWarm] = [await measureWarmOverhead(ours), await measureWarmOverhead(theirs)];
  const warm = ({ invocation, rawCall }: typeof ownWarm) => invocation - rawCall;
  const row = (what: string, unit: Measurement['unit'], mine: number, other: number): Measurement[] => [
    { name: `${name}: ${what}, ours`, value: mine, unit },
    { name: `${name}: ${what}, peer`, value: other, unit },
    { name: `${name}: ${what}, ours over peer`, value: mine / other, unit: '×' },
  ];
  return [
    ...row('INIT', 'ms', own.init, peer.init),
    ...row('first invocation', 'ms', own.firstInvoke, peer.firstInvoke),
    ...row('both together', 'ms', own.init + own.firstInvoke, peer.init + peer.firstInvoke),
    ...row('warm, over a raw call', 'ms', warm(ownWarm), warm(peerWarm)),
    ...row('bundle', 'kB', own.bytes / 1000, peer.bytes / 1000),
  ];
}

function coldOf(cold: ColdStart | undefined): ColdStart {
  if (cold === undefined) throw new Error('A function was not measured.');
  return cold;
}
