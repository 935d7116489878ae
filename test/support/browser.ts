import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

/** Where Debian, Fedora and the runners of GitHub have Chromium or Chrome. */
const usualPlaces = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

/** A test reaches this machine alone: no other name is looked up. */
const nothingElse = [
  'MAP * ~NOTFOUND',
  ...['localhost', '*.localhost', '127.*', '[::1]'].map((name) => `EXCLUDE ${name}`),
];

export type BrowserOptions = {
  /** Names that lead to an address in this browser only: `{ 'evil.example': '127.0.0.1' }`; `*.` takes all names below. */
  readonly hosts?: Readonly<Record<string, string>>;
  /** Further switches of Chromium. */
  readonly args?: readonly string[];
};

/**
 * Starts the Chromium of this machine without a window: that of `CHROMIUM_PATH`, or the first in the usual places.
 * `await using` closes it. Its requests to the network are only those of the pages that a test opens.
 *
 * @throws Error that says how to install Chromium when there is none: a test without a browser would prove nothing
 */
export async function launchBrowser({ hosts = {}, args = [] }: BrowserOptions = {}): Promise<Browser> {
  const mapped = Object.entries(hosts).map(([name, address]) => `MAP ${name} ${address}`);
  return chromium.launch({
    executablePath: chromiumPath(),
    headless: true,
    // Containers and CI run as root or forbid user namespaces; pages of tests are the only ones opened.
    chromiumSandbox: false,
    args: [
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      `--host-resolver-rules=${[...mapped, ...nothingElse].join(', ')}`,
      '--no-proxy-server',
      ...args,
    ],
  });
}

/** @throws Error that says how to install Chromium */
function chromiumPath(): string {
  const { CHROMIUM_PATH } = process.env;
  const places = CHROMIUM_PATH === undefined ? usualPlaces : [CHROMIUM_PATH];
  const found = places.find((path) => existsSync(path));
  if (found !== undefined) return found;
  throw new Error(
    `This test needs Chromium or Chrome, and there is none at ${places.join(', ')}. Install it (Debian: apt-get install ` +
      'chromium; macOS: brew install --cask google-chrome), or set CHROMIUM_PATH to the executable.',
  );
}
