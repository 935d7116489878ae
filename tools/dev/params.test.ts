import { mkdtempDisposableSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { writeComposeFile } from './compose-file.ts';
import { parseParams } from './params.ts';
import { readProject } from './project.ts';

function project() {
  const root = mkdtempDisposableSync(join(tmpdir(), 'params-'));
  const platform = '{ path: services/platform, config: other.yml }';
  const tasks = `{ path: services/tasks, dependsOn: platform, params: { topicArn: '\${platform.Arn}' } }`;
  writeFileSync(join(root.path, 'serverless-compose.yml'), `services:\n  platform: ${platform}\n  tasks: ${tasks}\n`);
  return root;
}

test('the last of a name counts, and a value may have equals signs', () => {
  expect(parseParams(['a=1', 'b=x=y', 'a=2'])).toStrictEqual({ a: '2', b: 'x=y' });
});

test('a parameter has a name without spaces, and a value that is not empty', () => {
  for (const text of ['auth', '=jwt', 'auth=', 'my auth=jwt']) {
    expect(() => parseParams([text])).toThrow(`not "${text}"`);
  }
});

test('given parameters go before the project’s own in a compose file that is otherwise the same', () => {
  using root = project();
  const workspace = join(root.path, '.local', 'compose');
  writeComposeFile(root.path, workspace, {
    services: readProject(root.path),
    params: { auth: 'jwt', topicArn: 'mine' },
  });
  expect(parse(readFileSync(join(workspace, 'serverless-compose.yml'), 'utf8'))).toStrictEqual({
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
