import { readFileSync } from 'node:fs';
import { CloudFormationClient, CreateStackCommand } from '@aws-sdk/client-cloudformation';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { expect } from '@jest/globals';
import { startEndpoint } from 'local-aws';
import { until } from 'local-aws/testing';
import type { Browser, Page } from 'playwright-core';
import { awsConfig } from '#test/support/aws-config.ts';
import { launchBrowser } from '#test/support/browser.ts';
import { outputNamed } from '#test/support/stack-outputs.ts';

/** An endpoint with the stack of `test/fixtures/console/template.yml`, and a browser. */
export type ConsoleStage = AsyncDisposable & {
  readonly url: string;
  readonly browser: Browser;
  /** Opens a screen, such as `#/requests`. */
  open(screen?: string, options?: PageOptions): Promise<Page>;
  closePages(): Promise<void>;
  /** Sends a note through the API, the queue and the function; gives its status. */
  postNote(note: { readonly id: string; readonly text: string; readonly fails?: boolean }): Promise<number>;
};

type PageOptions = {
  readonly width?: number;
  readonly height?: number;
  readonly theme?: 'light' | 'dark';
};

export async function startConsoleStage(): Promise<ConsoleStage> {
  const running = new AsyncDisposableStack();
  const errors: unknown[] = [];
  const endpoint = running.use(await startEndpoint({ port: 0, onError: (error) => errors.push(error) }));
  const config = awsConfig(endpoint.url);
  const cloudFormation = running.adopt(new CloudFormationClient(config), (client) => client.destroy());
  const TemplateBody = readFileSync(new URL('../fixtures/console/template.yml', import.meta.url), 'utf8');
  await cloudFormation.send(
    new CreateStackCommand({ StackName: 'notes', TemplateBody, Capabilities: ['CAPABILITY_NAMED_IAM'] }),
  );
  const stack = await until(
    'the stack',
    () => endpoint.stacks().find(({ status }) => !status.endsWith('_IN_PROGRESS')),
    60_000,
  );
  expect(stack.status).toBe('CREATE_COMPLETE');
  const s3 = running.adopt(new S3Client({ ...config, forcePathStyle: true }), (client) => client.destroy());
  await s3.send(new PutObjectCommand({ Bucket: 'notes', Key: 'folder/a.txt', ContentType: 'text/plain', Body: 'abc' }));
  const browser = await launchBrowser();
  running.defer(() => browser.close());
  const api = `${endpoint.url}/_aws/execute-api/${outputNamed(new Map(Object.entries(stack.outputs)), 'Api')}/dev`;

  return {
    url: endpoint.url,
    browser,
    async open(screen = '', { width = 1440, height = 900, theme = 'light' } = {}) {
      const context = await browser.newContext({
        viewport: { width, height },
        colorScheme: theme,
        permissions: ['clipboard-read', 'clipboard-write'],
      });
      const page = await context.newPage();
      page.setDefaultTimeout(20_000);
      await page.goto(`${endpoint.url}/${screen}`);
      await page.getByRole('navigation', { name: 'Screens' }).waitFor();
      return page;
    },
    async closePages() {
      await Promise.all(browser.contexts().map((context) => context.close()));
    },
    async postNote(note) {
      const headers = { 'content-type': 'application/json' };
      const { status } = await fetch(`${api}/notes`, { method: 'POST', headers, body: JSON.stringify(note) });
      return status;
    },
    async [Symbol.asyncDispose]() {
      await running.disposeAsync();
      expect(errors).toStrictEqual([]);
    },
  };
}
