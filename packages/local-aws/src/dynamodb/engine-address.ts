import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/** Where an engine listens. */
export type EngineAddress = { readonly host: string; readonly port: number };

/** Whether a process of this machine can listen on an address. */
export type IsFree = (address: EngineAddress) => Promise<boolean>;

/**
 * Ports to which Chromium, Firefox and Safari all refuse to connect, whatever the scheme, the origin and the host name
 * are, so that no web page reaches an engine there. They are on the Fetch standard's list of bad ports
 * (https://fetch.spec.whatwg.org/#port-blocking). Its others above 1023 are not safe: Chromium does not refuse 4190 and
 * 6679, and a policy of Chrome can allow 6566 and 10080.
 */
export const portsThatBrowsersRefuse: readonly number[] = [
  1719, 1720, 1723, 2049, 3659, 4045, 5060, 5061, 6000, 6665, 6666, 6667, 6668, 6669, 6697,
];

const randomHosts = 20;

/**
 * Finds an address that no web page can reach. Linux and Windows answer to all of 127.0.0.0/8, so that engines take a
 * random host of it. macOS knows 127.0.0.1 alone, which has room for as many engines as there are ports.
 * @throws Error when every port is taken
 */
export async function freeEngineAddress(isFree: IsFree = canListen): Promise<EngineAddress> {
  for (const address of candidates()) {
    if (await isFree(address)) return address;
  }
  throw new Error(
    `No port is free for the DynamoDB engine. It listens only on ports that browsers refuse, and on 127.0.0.1 all of ` +
      `them are in use: ${portsThatBrowsersRefuse.join(', ')}. Stop another endpoint on this machine.`,
  );
}

function* candidates(): Generator<EngineAddress> {
  for (let count = 0; count < randomHosts; count += 1) {
    const host = `127.${randomInt(1, 255)}.${randomInt(256)}.${randomInt(1, 255)}`;
    for (const port of shuffled(portsThatBrowsersRefuse).slice(0, 1)) yield { host, port };
  }
  for (const port of shuffled(portsThatBrowsersRefuse)) yield { host: '127.0.0.1', port };
}

function shuffled<T>(values: readonly T[]): T[] {
  return values
    .map((value) => ({ value, order: randomInt(2 ** 32) }))
    .sort((a, b) => a.order - b.order)
    .map(({ value }) => value);
}

function canListen({ host, port }: EngineAddress): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(true)));
  });
}
