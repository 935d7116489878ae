import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import * as z from 'zod';
import { deployLock } from '#local/start/deploy.ts';
import { takeLock } from '#local/start/process-lock.ts';
import { copyRepository, type FixtureProject } from '#test/support/fixture-project.ts';
import { start } from '#test/support/npm-start.ts';
import { json, serviceClient } from '#test/support/service-client.ts';

describe('npm start', () => {
  let project: FixtureProject;
  before(() => {
    project = copyRepository();
  });
  after(() => project[Symbol.dispose]());

  /** What a line of the shell prints that asks the endpoint, as no proxy could. */
  const sh = (line: string): string =>
    execFileSync('sh', ['-c', line], {
      encoding: 'utf8',
      cwd: project.folder,
      env: { ...process.env, no_proxy: 'localhost' },
    });
  const waiting = new RegExp(`Another deploy of this clone is running \\(process ${process.pid}\\): waiting …`);

  it('waits for another deploy, and keeps data and stacks across a restart with --persist', async () => {
    const lock = takeLock(deployLock(project.folder));
    const options = ['--services', 'tasks', '--verbose', '--persist', join(project.folder, 'state')];
    using first = start(project.folder, ...options);
    const firstUrl = await first.url();
    await first.prints(waiting);
    lock[Symbol.dispose]();
    await first.prints(/services ready/);
    const before = await serviceClient('tasks', firstUrl);
    const task = { title: 'Survive', detail: 'a restart' };
    const created = await before.send({ method: 'POST', path: '/tasks', body: task });
    const { id } = json(z.object({ id: z.string() }), created);
    assert.equal(await first.interrupt(), 0);

    using second = start(project.folder, ...options);
    const secondUrl = await second.url();
    await second.prints(/services ready/);
    assert.match(second.output(), /No changes to deploy/);
    const after = await serviceClient('tasks', secondUrl);
    assert.equal(new URL(after.url).pathname, new URL(before.url).pathname);
    assert.equal((await after.send({ path: `/tasks/${id}` })).body, created.body);
    assert.equal(await second.interrupt(), 0);
  });

  it('prints lines with a token where the parameters make callers need one', async () => {
    using started = start(project.folder, '--services', 'tasks,planner', '--param', 'auth=jwt');
    const url = await started.url();
    await started.prints(/Ctrl-C stops everything/);
    assert.match(started.output(), new RegExp(`^ +tasks +http://api\\.localhost:${new URL(url).port}/tasks$`, 'm'));
    const [token = '', ...lines] = [...started.output().matchAll(/^ +((?:TOKEN=|curl ).*)$/gm)].map(
      ([, line]) => line ?? '',
    );
    assert.equal(lines.length, 2, started.output());
    for (const line of lines) {
      const tried = `${token}\n${line} --silent --show-error --write-out ' %{http_code}'`;
      assert.match(sh(tried), /^[[{].* 20[01]$/);
      const withoutToken = `${line} --silent --show-error --write-out ' %{http_code}'`;
      assert.match(sh(withoutToken), / 401$/);
    }
    assert.equal(await started.interrupt(), 0);
  });

  it('prints lines to try that work, and takes a saved file over at once with --watch', async () => {
    using started = start(project.folder, '--services', 'tasks,planner', '--watch');
    const url = await started.url();
    await started.prints(/Ctrl-C stops everything/);
    const lines = [...started.output().matchAll(/^ +(curl .*)$/gm)].map(([, line]) => line ?? '');
    assert.equal(lines.length, 2, started.output());
    for (const line of lines) {
      const tried = `${line} --silent --show-error --write-out ' %{http_code}'`;
      assert.match(sh(tried), /^[[{].* 20[01]$/);
    }

    project.edit('services/tasks/src/handlers/list-tasks.ts', 'body: ', 'body: ["saved"] ?? ');
    await started.prints(/listTasks updated in \d+ ms/);
    const tasks = await serviceClient('tasks', url);
    assert.equal((await tasks.send({ path: '/tasks' })).body, '["saved"]');

    project.edit('services/tasks/src/handlers/list-tasks.ts', '["saved"] ?? ', 'JSON.parse("{") ?? ');
    await started.prints(/listTasks updated in \d+ ms\n.*listTasks updated in \d+ ms/s);
    assert.equal((await tasks.send({ path: '/tasks' })).statusCode, 500);
    await started.prints(
      /^tasks-local-listTasks: .*\nSyntaxError: .*\n(?: +at .*\n)* +at .*services\/tasks\/src\/handlers\/list-tasks\.ts:9:/m,
    );

    project.edit('services/tasks/table.yml', '\n', '\n\n');
    await started.prints(/services\/tasks\/table\.yml saved: .* EDGE_PORT=\d+ npm run deploy -- --stage local/);
    assert.equal(await started.interrupt(), 0);
  });
});
