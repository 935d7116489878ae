import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { takeLock } from 'local-aws/process-lock';
import * as z from 'zod';
import { copyRepository, type FixtureProject } from '#test/support/fixture-project.ts';
import { start } from '#test/support/npm-start.ts';
import { json, serviceClient } from '#test/support/service-client.ts';
import { bearer } from '#test/support/tokens.ts';
import { deployLock } from '#tools/dev/deploy.ts';

describe('npm start', () => {
  let project: FixtureProject;
  beforeAll(() => {
    project = copyRepository();
  });
  afterAll(() => project[Symbol.dispose]());

  /** What a line of the shell prints that asks the endpoint, as no proxy could. */
  const sh = (line: string): string =>
    execFileSync('sh', ['-c', line], {
      encoding: 'utf8',
      cwd: project.folder,
      env: { ...process.env, no_proxy: 'localhost' },
    });
  const waiting = new RegExp(`Another deploy of this clone is running \\(process ${process.pid}\\): waiting …`);

  /** The lines of the shell that `npm start` printed for its user to try. */
  const linesIn = (output: string): readonly string[] =>
    [...output.matchAll(/^ +((?:TOKEN=|curl ).*)$/gm)].map(([, line]) => line ?? '');
  const statusOf = ' --silent --show-error --write-out " %{http_code}"';

  it('waits for another deploy, prints lines to try that work, and keeps all across a restart with --persist', async () => {
    const lock = takeLock(deployLock(project.folder));
    const options = ['--services', 'tasks', '--verbose', '--persist', join(project.folder, 'state')];
    using first = start(project.folder, ...options);
    const firstUrl = await first.url();
    await first.prints(waiting);
    lock[Symbol.dispose]();
    await first.prints(/Ctrl-C stops everything/);
    const lines = linesIn(first.output());
    expect(lines.length).toBeGreaterThan(0);
    for (const line of lines) expect(sh(`${line}${statusOf}`)).toMatch(/^[[{].* 20[01]$/);

    const before = await serviceClient('tasks', firstUrl);
    const task = { title: 'Survive', detail: 'a restart' };
    const created = await before.send({ method: 'POST', path: '/tasks', body: task });
    const { id } = json(z.object({ id: z.string() }), created);
    expect(await first.interrupt()).toBe(0);

    // Parameters may name the port: on another one the services are compared anew.
    using second = start(project.folder, ...options, '--port', new URL(firstUrl).port);
    const secondUrl = await second.url();
    await second.prints(/services ready/);
    expect(second.output()).not.toMatch(/Running "serverless deploy/);
    const after = await serviceClient('tasks', secondUrl);
    expect(new URL(after.url).pathname).toBe(new URL(before.url).pathname);
    expect((await after.send({ path: `/tasks/${id}` })).body).toBe(created.body);
    expect(await second.interrupt()).toBe(0);

    using third = start(project.folder, '--no-deploy', '--persist', join(project.folder, 'state'));
    const thirdUrl = await third.url();
    await third.prints(/Ctrl-C stops everything/);
    const [, address = ''] = /^ +tasks +GET +(\S+)$/m.exec(third.output()) ?? [];
    expect(address).toBe(`${thirdUrl}/_api/tasks/tasks`);
    expect(sh(`curl --silent ${address}`)).toContain(id);
    expect(await third.interrupt()).toBe(0);
  });

  it('prints lines with a token where callers need one, and takes a saved file over at once with --watch', async () => {
    using started = start(project.folder, '--services', 'tasks,planner', '--param', 'auth=jwt', '--watch');
    const url = await started.url();
    await started.prints(/Ctrl-C stops everything/);
    expect(started.output()).toMatch(new RegExp(`^ +tasks +GET +${url}/_api/tasks/tasks$`, 'm'));
    const [token = '', ...lines] = linesIn(started.output());
    expect(lines).toHaveLength(2);
    for (const line of lines) {
      expect(sh(`${token}\n${line}${statusOf}`)).toMatch(/^[[{].* 20[01]$/);
      expect(sh(`${line}${statusOf}`)).toMatch(/ 401$/);
    }

    const tasks = await serviceClient('tasks', url);
    const headers = await bearer(url, { sub: 'alice', scopes: 'tasks/read', audience: 'serverless-microservices' });
    const listTasks = () => tasks.send({ path: '/tasks', headers });
    project.edit('services/tasks/src/handlers/list-tasks.ts', 'body: ', 'body: ["saved"] ?? ');
    await started.prints(/listTasks updated in \d+ ms/);
    expect((await listTasks()).body).toBe('["saved"]');

    project.edit('services/tasks/src/handlers/list-tasks.ts', '["saved"] ?? ', 'JSON.parse("{") ?? ');
    await started.prints(/listTasks updated in \d+ ms\n.*listTasks updated in \d+ ms/s);
    expect((await listTasks()).statusCode).toBe(500);
    await started.prints(
      /SyntaxError: [^\n]+\n(?: +at [^\n]+\n)*? +at [^\n]*services\/tasks\/src\/handlers\/list-tasks\.ts:9:/,
    );

    project.edit('services/tasks/table.yml', '\n', '\n\n');
    await started.prints(/services\/tasks\/table\.yml saved: .* EDGE_PORT=\d+ npm run deploy -- --stage local/);
    expect(await started.interrupt()).toBe(0);
  });
});
