import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import { describe, it } from 'node:test';
import { type EngineAddress, freeEngineAddress, portsThatBrowsersRefuse } from './engine-address.ts';
import { startDynamoDbEngine } from './standalone-engine.ts';

async function isListening({ host, port }: EngineAddress): Promise<boolean> {
  const socket = connect({ host, port, timeout: 1000 });
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

/** What a process of Linux listens on, `address:port` in the kernel's hexadecimal form. */
function listeningSockets(pid: number): string[] {
  const descriptors = readdirSync(`/proc/${pid}/fd`).map((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`));
  return ['tcp', 'tcp6'].flatMap((protocol) =>
    readFileSync(`/proc/${pid}/net/${protocol}`, 'utf8')
      .split('\n')
      .map((line) => line.trim().split(/\s+/))
      .filter(([, , , state, , , , , , inode]) => state === '0A' && descriptors.includes(`socket:[${inode}]`))
      .map(([, local = '']) => local),
  );
}

describe('the address of the DynamoDB engine', () => {
  it('has a port that browsers refuse', async () => {
    for (let count = 0; count < 20; count += 1) {
      const { port } = await freeEngineAddress();
      assert.ok(portsThatBrowsersRefuse.includes(port), `${port}`);
    }
  });

  it('is one of its own for each engine where all of 127.0.0.0/8 is loopback', async () => {
    const addresses = await Promise.all(Array.from({ length: 40 }, () => freeEngineAddress(async () => true)));
    assert.equal(new Set(addresses.map(({ host }) => host)).size, 40);
    assert.ok(addresses.every(({ host }) => /^127\.\d+\.\d+\.\d+$/.test(host)));
  });

  it('is the port that is left on 127.0.0.1 where no other loopback address exists', async () => {
    for (const left of portsThatBrowsersRefuse) {
      const address = await freeEngineAddress(async ({ host, port }) => host === '127.0.0.1' && port === left);
      assert.deepEqual(address, { host: '127.0.0.1', port: left });
    }
  });

  it('is refused by name when every port is taken', async () => {
    await assert.rejects(
      freeEngineAddress(async () => false),
      /^Error: No port is free for the DynamoDB engine\. .*6668, 6669, 6697\. Stop another endpoint on this machine\.$/,
    );
  });

  it('is the only one that the engine listens on', async () => {
    await using engine = await startDynamoDbEngine();
    const { host, port } = engine.address;
    assert.equal(await isListening(engine.address), true);
    const others = Object.values(networkInterfaces())
      .flatMap((addresses = []) => addresses.map(({ address }) => address))
      .concat('127.0.0.1', '::1')
      .filter((other) => other !== host);
    for (const other of others) assert.equal(await isListening({ host: other, port }), false, other);
    if (process.platform !== 'linux') return;
    const [first = 0, second = 0, third = 0, fourth = 0] = host.split('.').map(Number);
    const expected = Buffer.from([fourth, third, second, first]).toString('hex').toUpperCase();
    const inHexadecimal = port.toString(16).toUpperCase().padStart(4, '0');
    assert.deepEqual(listeningSockets(engine.pid), [`${expected}:${inHexadecimal}`]);
  });
});
