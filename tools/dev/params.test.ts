import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';
import { writeComposeFile } from './compose-file.ts';
import { parseParams } from './params.ts';
import { readProject } from './project.ts';

function project(t: { after(clean: () => void): void }): string {
  const root = mkdtempSync(join(tmpdir(), 'params-'));
  t.after(() => rmSync(root, { recursive: true }));
  const platform = '{ path: services/platform, config: other.yml }';
  const tasks = `{ path: services/tasks, dependsOn: platform, params: { topicArn: '\${platform.Arn}' } }`;
  writeFileSync(join(root, 'serverless-compose.yml'), `services:\n  platform: ${platform}\n  tasks: ${tasks}\n`);
  return root;
}

test('the last of a name counts, and a value may have equals signs', () => {
  assert.deepEqual(parseParams(['a=1', 'b=x=y', 'a=2']), { a: '2', b: 'x=y' });
});

test('a parameter has a name without spaces, and a value that is not empty', () => {
  for (const text of ['auth', '=jwt', 'auth=', 'my auth=jwt']) {
    assert.throws(() => parseParams([text]), { message: new RegExp(`not "${text}"`) });
  }
});

test('given parameters go before the project’s own in a compose file that is otherwise the same', (t) => {
  const root = project(t);
  const workspace = join(root, '.local', 'compose');
  writeComposeFile(root, workspace, { services: readProject(root), params: { auth: 'jwt', topicArn: 'mine' } });
  assert.deepEqual(parse(readFileSync(join(workspace, 'serverless-compose.yml'), 'utf8')), {
    services: {
      platform: { path: '../../services/platform', config: 'other.yml', params: { auth: 'jwt', topicArn: 'mine' } },
      tasks: {
        path: '../../services/tasks',
        dependsOn: ['platform'],
        params: { auth: 'jwt', topicArn: 'mine' },
      },
    },
  });
});
