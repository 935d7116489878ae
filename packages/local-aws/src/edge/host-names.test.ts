import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hostAllowList, parseAuthority, readHost } from './host-names.ts';

test('names of loopback are known, and others are not', () => {
  const isKnown = hostAllowList([]);
  for (const name of ['localhost', 'bucket.s3.localhost', '127.0.0.1', '127.1.2.3', '[::1]']) {
    assert.ok(isKnown(name), name);
  }
  for (const name of [
    'evil.example',
    'localhost.evil.example',
    'notlocalhost',
    '127.0.0.1.nip.io',
    '128.0.0.1',
    '0.0.0.0',
    'localhost.localstack.cloud',
    'host.docker.internal',
    'sqs.us-east-1.amazonaws.com',
  ]) {
    assert.equal(isKnown(name), false, name);
  }
});

test('an added name is known with those below it', () => {
  const isKnown = hostAllowList(['Localhost.localstack.cloud']);
  assert.ok(isKnown('localhost.localstack.cloud'));
  assert.ok(isKnown('bucket.s3.localhost.localstack.cloud'));
  assert.equal(isKnown('evil-localhost.localstack.cloud'), false);
  assert.equal(isKnown('localstack.cloud'), false);
});

test('a Host header is a name and perhaps a port', () => {
  assert.deepEqual(parseAuthority('LocalHost.:4566'), { name: 'localhost', port: '4566' });
  assert.deepEqual(parseAuthority('[::1]'), { name: '[::1]', port: '' });
  for (const host of ['', 'localhost, evil.example', 'user@localhost', 'localhost:x', 'local host', '[::1', 'a/b']) {
    assert.equal(parseAuthority(host), undefined, host);
  }
});

test('a malformed host is a 400, an unknown one a 421 that names the way out', () => {
  const isKnown = hostAllowList([]);
  const refused = (host: string, rawHeaders: string[] = ['Host', host], httpVersion = '1.1') => {
    const read = readHost(host, { rawHeaders, httpVersion }, isKnown);
    return 'message' in read ? [read.status, read.message] : [];
  };
  assert.deepEqual(refused('localhost'), []);
  assert.equal(refused('user@localhost')[0], 400);
  assert.equal(refused('localhost', ['Host', 'localhost', 'hOST', 'localhost'])[0], 400);
  assert.deepEqual(refused('localhost', ['x-forwarded-for', 'host', 'Host', 'localhost']), []);
  assert.equal(refused('localhost', [])[0], 400);
  assert.deepEqual(refused('localhost', [], '1.0'), []);
  const [status, message] = refused('evil.example:80');
  assert.equal(status, 421);
  assert.match(String(message), /does not answer to the name evil\.example\..*--allow-host evil\.example/);
});
