import { text } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import {
  DeleteItemCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  ScanCommand,
} from '@aws-sdk/client-dynamodb';
import { PurgeQueueCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import axe from 'axe-core';
import { until } from 'local-aws/testing';
import type { Page } from 'playwright-core';
import { awsConfig } from '#test/support/aws-config.ts';
import { servePages } from '#test/support/serve-pages.ts';
import { type ConsoleStage, startConsoleStage } from './console-stage.ts';

const screens = ['services', 'requests', 'resources', 'apis', 'logs', 'permissions'] as const;
const hostile = '<img src=x onerror="globalThis.hacked = true"><script>globalThis.hacked = true</script>';

describe('the console', () => {
  let stage: ConsoleStage;
  let dynamoDb: DynamoDBClient;
  let cloudWatch: CloudWatchClient;
  let sqs: SQSClient;
  beforeAll(async () => {
    stage = await startConsoleStage();
    dynamoDb = new DynamoDBClient(awsConfig(stage.url));
    cloudWatch = new CloudWatchClient(awsConfig(stage.url));
    sqs = new SQSClient(awsConfig(stage.url));
  });
  afterAll(async () => {
    for (const client of [dynamoDb, cloudWatch, sqs]) client.destroy();
    await stage[Symbol.asyncDispose]();
  });

  afterEach(() => stage.closePages());

  /** Opens the newest request with this text in a payload. */
  async function openRequest(page: Page, text: string): Promise<void> {
    await page.goto(`${stage.url}/#/requests?q=${encodeURIComponent(text)}`);
    await page.getByRole('grid', { name: 'Requests' }).getByRole('row').nth(1).click();
    await span(page, 'POST /notes').first().waitFor();
  }

  /** Advances time by a minute, which is the period of the alarm, until its state is such. */
  async function alarmState(isReached: (state: string | undefined) => boolean): Promise<void> {
    await until('the state of the alarm', async () => {
      const { MetricAlarms: [alarm] = [] } = await cloudWatch.send(new DescribeAlarmsCommand({}));
      if (isReached(alarm?.StateValue)) return true;
      await fetch(`${stage.url}/_local/api/clock`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ advanceMs: 60_000 }),
      });
      return undefined;
    });
  }

  const span = (page: Page, text: string) =>
    page.getByRole('grid', { name: 'Spans' }).getByRole('row').filter({ hasText: text });
  const table = (page: Page, name: string) => page.getByRole('grid', { name });

  it('shows the services, with a map whose resources are links', async () => {
    const page = await stage.open();
    await page.getByRole('link', { name: /queue notes, notes/ }).click();
    await page.getByRole('heading', { name: 'notes', level: 1 }).waitFor();
    expect(new URL(page.url()).hash).toContain('/resources/queue/');
  });

  it('shows a request as it goes on, hop by hop', async () => {
    const page = await stage.open('#/requests');
    await page.getByText('No requests yet').waitFor();
    expect(await stage.postNote({ id: 'live', text: 'calm' })).toBe(202);
    await table(page, 'Requests').getByRole('row').nth(1).click();
    for (const hop of ['API Gateway', 'SQS SendMessage', 'Queue delivers', 'write', 'DynamoDB PutItem']) {
      await span(page, hop).first().waitFor();
    }
    await span(page, 'No match').waitFor();
  });

  it('shows what a span got and gave, the statement that allowed it, and its log', async () => {
    await stage.postNote({ id: 'spans', text: 'calm-spans' });
    const page = await stage.open();
    await openRequest(page, 'calm-spans');
    await span(page, 'DynamoDB PutItem').click();
    const details = page.getByRole('region', { name: 'Span' });
    await details.getByText('"calm-spans"').waitFor();
    await details.getByRole('tab', { name: /Permissions/ }).click();
    await details.getByText('"WriteNotes"').waitFor();
    await span(page, 'Queue delivers').waitFor();
    await page.locator('.span-title', { hasText: /^write$/ }).click();
    await details.getByRole('tab', { name: /Logs/ }).click();
    await details.getByText('"writing a note"').waitFor();
  });

  it('lights the way of a failed message into its dead-letter queue, and moves it back', async () => {
    await stage.postNote({ id: 'dead', text: 'calm-dead', fails: true });
    const page = await stage.open();
    await openRequest(page, 'calm-dead');
    await span(page, 'Moved to the dead-letter queue').waitFor();
    await page.locator('.span-title', { hasText: /^write$/ }).click();
    await page.getByText('this note cannot be written').first().waitFor();

    await page.goto(`${stage.url}/#/resources`);
    await page
      .getByRole('link', { name: /^notes-dead|^dead/ })
      .first()
      .click();
    await table(page, 'Messages').getByRole('row').nth(1).click();
    await page.getByRole('region', { name: 'Message' }).getByText('"calm-dead"').waitFor();
    await page.getByRole('button', { name: 'Redrive', exact: true }).click();
    await page.getByText('1 message moved back').waitFor();
    await page.getByText('The queue is empty').waitFor();
  });

  it('sends a message, and purges a queue after it has asked', async () => {
    const page = await stage.open(`#/resources/dead-letter-queue/${encodeURIComponent(arn('sqs', 'notes-dead'))}`);
    await page.getByRole('button', { name: 'Send message' }).click();
    await page.getByLabel('Body').fill('{"a":"sent by hand"}');
    await page.getByRole('button', { name: 'Send', exact: true }).click();
    await table(page, 'Messages').getByText('sent by hand').waitFor();
    await page.getByRole('button', { name: 'Purge' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
    await table(page, 'Messages').getByText('sent by hand').waitFor();
    await page.getByRole('button', { name: 'Purge' }).click();
    await page.getByRole('button', { name: 'Purge queue' }).click();
    await page.getByText('The queue is empty').waitFor();
  });

  it('finds, edits and deletes an item', async () => {
    await dynamoDb.send(new PutItemCommand({ TableName: 'notes', Item: { id: { S: 'edited' }, text: { S: 'old' } } }));
    const page = await stage.open(`#/resources/table/${encodeURIComponent(arn('dynamodb', 'table/notes'))}`);
    await page.getByLabel('Partition key id').fill('edited');
    await page.getByRole('button', { name: 'Query' }).click();
    await table(page, 'Items').getByText('old').click();
    await page.getByLabel('Item in DynamoDB JSON').fill('{"id":{"S":"edited"},"text":{"S":"new"}}');
    await page.getByRole('button', { name: 'Save item' }).click();
    await table(page, 'Items').getByText('new').waitFor();
    const read = (): Promise<unknown> =>
      dynamoDb
        .send(new GetItemCommand({ TableName: 'notes', Key: { id: { S: 'edited' } }, ConsistentRead: true }))
        .then(({ Item }) => Item?.text?.S);
    expect(await read()).toBe('new');
    await table(page, 'Items').getByText('new').click();
    await page.getByRole('button', { name: 'Delete', exact: true }).click();
    await page.getByRole('button', { name: 'Delete item' }).click();
    await page.getByText('No item has this key').waitFor();
    expect(await read()).toBeUndefined();
  });

  it('invokes a function with an event', async () => {
    const page = await stage.open(`#/resources/function/${encodeURIComponent(arn('lambda', 'function:notes-react'))}`);
    await page.getByLabel('Sample event').selectOption('DynamoDB stream');
    await page.getByRole('button', { name: 'Invoke' }).click();
    await page.getByRole('region', { name: 'Result' }).getByText('records').waitFor();
  });

  it('downloads an object of a bucket', async () => {
    const page = await stage.open(`#/resources/bucket/${encodeURIComponent('arn:aws:s3:::notes')}`);
    await page.getByLabel('Prefix of the key').fill('folder/');
    const downloading = page.waitForEvent('download');
    await table(page, 'Objects').getByRole('link', { name: 'folder/a.txt' }).click();
    const download = await downloading;
    expect(download.suggestedFilename()).toBe('a.txt');
    expect(await text(await download.createReadStream())).toBe('abc');
  });

  it('shows the state of an alarm, and the email that it sent', async () => {
    const page = await stage.open(`#/resources/topic/${encodeURIComponent(arn('sns', 'notes'))}`);
    await page.getByRole('tab', { name: 'Emails' }).click();
    const confirmation = page.getByRole('listitem').filter({ hasText: 'Subscription Confirmation' });
    const [link = ''] = /http:\S+ConfirmSubscription\S+/.exec((await confirmation.textContent()) ?? '') ?? [];
    expect((await fetch(link)).status).toBe(200);

    // A state that SetAlarmState sets would last until the next evaluation only.
    await alarmState((state) => state !== 'ALARM');
    const QueueUrl = `${stage.url}/000000000000/notes-dead`;
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: '{}' }));
    await alarmState((state) => state === 'ALARM');
    const email = page.getByRole('listitem').filter({ hasText: 'ALARM: "notes-dead"' });
    await email.getByText('to ops@example.com').first().waitFor();
    await page.goto(`${stage.url}/#/resources/alarm/${encodeURIComponent(arn('cloudwatch', 'alarm:notes-dead'))}`);
    await page.getByText('ALARM', { exact: true }).waitFor();
    await page.getByText('Threshold Crossed').first().waitFor();
    await sqs.send(new PurgeQueueCommand({ QueueUrl }));
  });

  it('draws the metrics of a dashboard', async () => {
    await stage.postNote({ id: 'drawn', text: 'calm-drawn' });
    const name = encodeURIComponent('arn:aws:cloudwatch::000000000000:dashboard/notes');
    const page = await stage.open(`#/resources/dashboard/${name}`);
    const chart = page.getByRole('img', { name: 'Invocations' });
    await chart.waitFor();
    // The color of the first line is in the picture.
    const isDrawn = await page.evaluate(`(() => {
      const canvas = document.querySelector('[role=img][aria-label=Invocations] canvas');
      const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
      for (let at = 0; at < data.length; at += 4) {
        if (data[at] === 0x53 && data[at + 1] === 0x53 && data[at + 2] === 0xd1) return true;
      }
      return false;
    })()`);
    expect(isDrawn).toBe(true);
  });

  it('replays a request, also with another payload', async () => {
    await stage.postNote({ id: 'replayed', text: 'calm-replay' });
    const page = await stage.open();
    await openRequest(page, 'calm-replay');
    /** Until the console shows the request that `replay` made. */
    async function replayed(replay: () => Promise<void>): Promise<void> {
      const [before = ''] = page.url().split('?');
      await replay();
      await page.waitForURL((url) => !url.href.startsWith(before));
    }
    await span(page, 'POST /notes').first().click();
    await replayed(() => page.getByRole('button', { name: 'Replay' }).click());
    await span(page, 'DynamoDB PutItem').waitFor();
    await span(page, 'POST /notes').first().click();
    await page.getByRole('button', { name: 'More about this span' }).click();
    await page.getByRole('button', { name: 'Edit and replay' }).click();
    await page.getByRole('textbox', { name: 'Input' }).fill('{"id":"replayed","text":"calm-edited"}');
    await replayed(() => page.getByRole('dialog').getByRole('button', { name: 'Replay' }).click());
    await openRequest(page, 'calm-edited');
    await span(page, 'DynamoDB PutItem').click();
    await page.getByText('"calm-edited"').first().waitFor();
  });

  it('copies a request as a command', async () => {
    await stage.postNote({ id: 'copied', text: 'calm-copied' });
    const page = await stage.open();
    await openRequest(page, 'calm-copied');
    await span(page, 'POST /notes').first().click();
    await page.getByRole('button', { name: 'More about this span' }).click();
    await page.getByRole('button', { name: 'Copy as curl' }).click();
    await page.getByText('Copied', { exact: true }).waitFor();
    expect(await page.evaluate('navigator.clipboard.readText()')).toMatch(/curl .*calm-copied/s);
  });

  it('adds a fault, which the next request shows, and removes it', async () => {
    const page = await stage.open();
    await page.getByRole('button', { name: 'Faults' }).click();
    await page.getByRole('combobox', { name: 'Resource' }).selectOption('notes');
    await page.getByRole('combobox', { name: 'Fault', exact: true }).selectOption('throttle');
    await page.getByRole('button', { name: 'Add fault' }).click();
    await page.getByText('dynamodb · notes: throttled').waitFor();
    await stage.postNote({ id: 'fault', text: 'calm-fault' });
    await openRequest(page, 'calm-fault');
    await span(page, 'DynamoDB PutItem').first().click();
    await page
      .getByRole('region', { name: 'Span' })
      .getByText(/ThrottlingException|ProvisionedThroughput/)
      .first()
      .waitFor();
    await page.getByRole('button', { name: 'Faults' }).click();
    await page.getByRole('button', { name: 'Remove the fault' }).click();
    await page.getByText('The fault was removed').waitFor();
  });

  it('advances the clock', async () => {
    const page = await stage.open();
    await page.getByRole('button', { name: 'Clock' }).click();
    await page.getByRole('button', { name: '+1 hour' }).click();
    await page.getByRole('button', { name: 'Clock' }).getByText('+1 h').waitFor();
  });

  it('goes back to a snapshot, after it has asked', async () => {
    const Key = { id: { S: 'kept' } };
    await dynamoDb.send(new PutItemCommand({ TableName: 'notes', Item: Key }));
    const page = await stage.open();
    await page.getByRole('button', { name: 'Snapshots' }).click();
    await page.getByLabel('Name of the snapshot').fill('before');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Snapshot before was saved').waitFor();
    await dynamoDb.send(new DeleteItemCommand({ TableName: 'notes', Key }));
    await page.getByRole('button', { name: 'Load' }).click();
    await page.getByRole('button', { name: 'Load snapshot' }).click();
    await page.getByText('Snapshot before was loaded').waitFor();
    const { Item } = await dynamoDb.send(new GetItemCommand({ TableName: 'notes', Key, ConsistentRead: true }));
    expect(Item).toStrictEqual(Key);
  });

  it('shows log lines as they come, and those of a level', async () => {
    const page = await stage.open('#/logs');
    await stage.postNote({ id: 'logged', text: 'calm-logged' });
    await table(page, 'Log lines').getByText('writing a note').first().waitFor();
    await page.getByLabel('Text in the line').fill('calm-logged');
    const lines = table(page, 'Log lines').getByRole('row');
    // The first row is the head.
    await until('the filtered lines', async () => (await lines.count()) === 2 || undefined);
    await lines.nth(1).click();
    await page.getByRole('region', { name: 'Log line' }).getByText('"calm-logged"').waitFor();
    await page.getByLabel('Level').selectOption('ERROR');
    await page.getByText('No log lines').waitFor();
  });

  it('shows what a role may do and did, and the smallest policy for that', async () => {
    await stage.postNote({ id: 'permitted', text: 'calm' });
    const page = await stage.open('#/permissions/notes');
    const statement = page.getByRole('region', { name: 'WriteNotes' });
    const action = (name: string) => statement.getByRole('listitem').filter({ hasText: name });
    await action('dynamodb:PutItem').getByText(/^used/).waitFor();
    await action('dynamodb:DeleteItem').getByText('never used').waitFor();
    await page.getByRole('tab', { name: 'Smallest policy' }).click();
    const policy = await page.locator('pre').innerText();
    expect(policy).toContain('dynamodb:PutItem');
    expect(policy).not.toContain('dynamodb:DeleteItem');
  });

  it('tries a route of an API out, with a token made by a click', async () => {
    const page = await stage.open('#/apis');
    await page.getByRole('button', { name: 'Bearer token' }).click();
    await page.getByRole('button', { name: 'Make a token' }).click();
    await page.getByRole('button', { name: 'Bearer token' }).getByText('Token is set').waitFor();
    await page.keyboard.press('Escape');
    await page.locator('.opblock-summary', { hasText: '/notes' }).click();
    const [request] = await Promise.all([
      page.waitForRequest((sent) => sent.url().endsWith('/notes') && sent.method() === 'POST'),
      page.locator('button.execute').click(),
    ]);
    expect(request.headers().authorization).toMatch(/^Bearer /);
    await page
      .locator('.live-responses-table .response-col_status')
      .filter({ hasText: /^\d{3}/ })
      .waitFor();
  });

  it('works by keyboard alone', async () => {
    await stage.postNote({ id: 'keys', text: 'calm' });
    const page = await stage.open();
    await page.getByRole('heading', { name: 'Services' }).waitFor();
    await page.keyboard.press('g');
    await page.keyboard.press('r');
    await table(page, 'Requests').getByRole('row').nth(1).waitFor();
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await tabTo(page, 'row');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowUp');
    // What other tests caused may still go on, and be above.
    await arrowDownTo(page, 'POST /notes');
    await page.keyboard.press('Enter');
    await span(page, 'API Gateway').first().waitFor();
    await tabTo(page, 'row');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.getByRole('region', { name: 'Span' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('region', { name: 'Span' }).waitFor({ state: 'detached' });
    await page.keyboard.press('k');
    await page.getByRole('combobox').fill('notes-dead');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'notes-dead' }).waitFor();
  });

  it('fits on a phone', async () => {
    const page = await stage.open('', { width: 400, height: 860 });
    for (const screen of screens) {
      await page.goto(`${stage.url}/#/${screen}`);
      await settle(page, screen);
      expect({ screen, width: await page.evaluate('document.documentElement.scrollWidth') }).toStrictEqual({
        screen,
        width: 400,
      });
    }
  });

  it.each(['light', 'dark'] as const)('has no serious fault of accessibility in %s', async (theme) => {
    await stage.postNote({ id: 'axe', text: 'calm-axe' });
    const page = await stage.open('', { theme });
    await openRequest(page, 'calm-axe');
    await span(page, 'SQS SendMessage').click();
    const trace = page.url().slice(stage.url.length + 1);
    const found: unknown[] = [];
    for (const screen of [trace, ...screens.map((name) => `#/${name}`), '#/permissions/notes']) {
      await page.goto(`${stage.url}/${screen}`);
      await settle(page, screen.slice(2).split('/')[0] ?? '');
      await page.evaluate(axe.source);
      // Swagger UI is not ours.
      const { violations } = await page.evaluate<axe.AxeResults>('axe.run({ exclude: [".swagger-ui"] })');
      const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
      found.push(...serious.map(({ id, nodes }) => ({ screen, id, html: nodes.map(({ html }) => html).slice(0, 3) })));
    }
    expect(found).toStrictEqual([]);
  });

  it('shows markup in payloads as text', async () => {
    await stage.postNote({ id: hostile, text: hostile });
    const page = await stage.open();
    await openRequest(page, 'onerror');
    for (const hop of ['POST /notes', 'SQS SendMessage', 'Queue delivers', 'DynamoDB PutItem']) {
      await span(page, hop).first().click();
      await page.getByRole('region', { name: 'Span' }).getByText('onerror').first().waitFor();
    }
    await page.goto(`${stage.url}/#/resources/table/${encodeURIComponent(arn('dynamodb', 'table/notes'))}`);
    await table(page, 'Items').getByText('onerror').first().waitFor();
    expect(await page.evaluate('globalThis.hacked')).toBeUndefined();
  });

  it('scrolls through 10,000 spans smoothly', async () => {
    await stage.postNote({ id: 'many', text: 'calm-many' });
    const page = await stage.open();
    await openRequest(page, 'calm-many');
    await page.route('**/_local/api/traces/*', async (route) => {
      const trace = await (await route.fetch()).json();
      const [first] = trace.spans;
      const spans = Array.from({ length: 10_000 }, (_, index) => ({
        ...first,
        spanId: index.toString(16).padStart(16, '0'),
        operation: `POST /notes ${index}`,
        startUs: first.startUs + index * 10,
        input: null,
        output: null,
      }));
      await route.fulfill({ json: { ...trace, spans } });
    });
    await page.reload();
    await span(page, 'POST /notes 5').first().waitFor();
    const resting = await medianFrame(page, 0);
    const scrolling = await medianFrame(page, 900);
    expect(await page.locator('.data-row').count()).toBeLessThan(100);
    // In proportion to a page at rest: a busy machine has few frames anyway. With all its rows, a table needs seconds for one.
    expect(scrolling / resting).toBeLessThan(6);
  });

  it('weighs less than 150 kB without the API pages', async () => {
    const html = await (await fetch(stage.url, { headers: { accept: 'text/html' } })).text();
    const files = [...html.matchAll(/(?:href|src)="(\/_local\/console\/[^"]+)"/g)].map(([, path]) => path);
    expect(files).toHaveLength(2);
    let bytes = 0;
    for (const path of files) {
      bytes += gzipSync(Buffer.from(await (await fetch(`${stage.url}${path}`)).arrayBuffer())).length;
    }
    expect(bytes).toBeLessThan(150_000);
  });

  it('lets a page of another origin neither read nor change anything, nor show it in a frame', async () => {
    await using foreign = await servePages((_, response) => {
      response.setHeader('content-type', 'text/html');
      response.end('<!doctype html><title>foreign</title><body></body>');
    });
    const context = await stage.browser.newContext();
    const page = await context.newPage();
    await page.goto(`http://localhost:${foreign.port}/`);
    const read = await page.evaluate(async (url) => {
      const tries = [
        '/',
        '/_local/api/traces',
        '/_local/api/topology',
        '/_local/api/live',
        '/_local/console/main.js',
      ].flatMap((path) => [{ path }, { path, method: 'POST', body: '{}' }]);
      const read: string[] = [];
      for (const { path, ...init } of tries) {
        const text = await fetch(url + path, init).then(
          (answer) => answer.text(),
          () => undefined,
        );
        if (text !== undefined) read.push(path);
      }
      return read;
    }, stage.url);
    expect(read).toStrictEqual([]);
    await page.evaluate(`{
      const frame = document.createElement('iframe');
      frame.src = ${JSON.stringify(stage.url)};
      document.body.append(frame);
    }`);
    await page.waitForFunction('frames.length === 1');
    const [, frame] = page.frames();
    expect(await frame?.locator('.shell').count()).toBe(0);
    await context.close();
  });

  it('resets all data, after it has asked', async () => {
    await stage.postNote({ id: 'reset', text: 'calm' });
    const page = await stage.open('#/requests');
    await table(page, 'Requests').getByRole('row').nth(1).waitFor();
    await page.getByRole('button', { name: 'Reset data' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Reset data' }).click();
    await page.getByText('All data was reset').waitFor();
    await page.getByText('No requests yet').waitFor();
    const { Count } = await dynamoDb.send(new ScanCommand({ TableName: 'notes' }));
    expect(Count).toBe(0);
  });
});

const arn = (service: string, name: string): string => `arn:aws:${service}:us-east-1:000000000000:${name}`;

/** Waits until a screen has what it shows. */
async function settle(page: Page, screen: string): Promise<void> {
  await page.locator(`.navigation-link[aria-current="page"][href="#/${screen}"]`).waitFor();
  await page.locator('.page').waitFor();
  await page.locator('[aria-busy="true"]').first().waitFor({ state: 'detached' });
}

/** The median time between two frames, in milliseconds, while the table scrolls by `step` pixels in each. */
function medianFrame(page: Page, step: number): Promise<number> {
  return page.evaluate(`new Promise((resolve) => {
    const body = document.querySelector('.data-body');
    const frames = [];
    let last;
    const next = (now) => {
      if (last !== undefined) frames.push(now - last);
      last = now;
      body.scrollTop += ${step};
      if (frames.length < 60) requestAnimationFrame(next);
      else resolve(frames.sort((a, b) => a - b)[30]);
    };
    requestAnimationFrame(next);
  })`);
}

/** Presses Tab until an element of this role has the focus. */
async function tabTo(page: Page, role: string): Promise<void> {
  for (let presses = 0; presses < 40; presses += 1) {
    if ((await page.evaluate('document.activeElement?.getAttribute("role")')) === role) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`No ${role} can be reached by Tab.`);
}

/** Goes down the rows of a list from the one that has the focus. */
async function arrowDownTo(page: Page, text: string): Promise<void> {
  for (let presses = 0; presses < 40; presses += 1) {
    if ((await page.locator(':focus').textContent())?.includes(text)) return;
    await page.keyboard.press('ArrowDown');
  }
  throw new Error(`No row with ${text} can be reached by ArrowDown.`);
}
