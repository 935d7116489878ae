import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { launchBrowser } from '#test/support/browser.ts';
import { servePages } from '#test/support/serve-pages.ts';

it('opens a page that runs its script under the name that the browser maps', async () => {
  await using server = await servePages((_request, response) => {
    response.setHeader('content-type', 'text/html').end('<script>document.title = location.hostname</script>');
  });
  await using browser = await launchBrowser({ hosts: { 'page.example': '127.0.0.1' } });
  const page = await browser.newPage();
  for (const name of ['page.example', 'localhost', '127.0.0.1', 'app.localhost']) {
    await page.goto(`http://${name}:${server.port}/`);
    expect(await page.title()).toBe(name);
  }
  await expect(page.goto(`http://other.example:${server.port}/`)).rejects.toThrow(/ERR_NAME_NOT_RESOLVED/);
});

describe('without a browser', () => {
  const { CHROMIUM_PATH } = process.env;
  beforeEach(() => {
    process.env.CHROMIUM_PATH = '/nowhere/chromium';
  });
  afterEach(() => {
    if (CHROMIUM_PATH === undefined) delete process.env.CHROMIUM_PATH;
    else process.env.CHROMIUM_PATH = CHROMIUM_PATH;
  });

  it('fails and says how to install one', async () => {
    await expect(launchBrowser()).rejects.toThrow(
      /none at \/nowhere\/chromium\. Install it \(Debian: apt-get install chromium/,
    );
  });
});
