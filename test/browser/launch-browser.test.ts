import assert from 'node:assert/strict';
import { test } from 'node:test';
import { launchBrowser } from '#test/support/browser.ts';
import { servePages } from '#test/support/serve-pages.ts';

test('a page runs its script under the name that the browser maps', async () => {
  await using server = await servePages((_request, response) => {
    response.setHeader('content-type', 'text/html').end('<script>document.title = location.hostname</script>');
  });
  await using browser = await launchBrowser({ hosts: { 'page.example': '127.0.0.1' } });
  const page = await browser.newPage();
  for (const name of ['page.example', 'localhost', '127.0.0.1', 'app.localhost']) {
    await page.goto(`http://${name}:${server.port}/`);
    assert.equal(await page.title(), name);
  }
  await assert.rejects(page.goto(`http://other.example:${server.port}/`), /ERR_NAME_NOT_RESOLVED/);
});

test('without a browser, a test fails and says how to install one', async (t) => {
  const before = process.env.CHROMIUM_PATH;
  process.env.CHROMIUM_PATH = '/nowhere/chromium';
  t.after(() => {
    if (before === undefined) delete process.env.CHROMIUM_PATH;
    else process.env.CHROMIUM_PATH = before;
  });
  await assert.rejects(launchBrowser(), /none at \/nowhere\/chromium\. Install it \(Debian: apt-get install chromium/);
});
