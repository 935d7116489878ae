import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { StateWriteError } from '../core/state-store.ts';
import { type Change, GroupCommit } from './group-commit.ts';

/** A disk that writes a group when the test says so. */
function slowDisk() {
  const groups: (readonly Change[])[] = [];
  let current = Promise.withResolvers<void>();
  const failures: (string | undefined)[] = [];
  const commit = new GroupCommit({
    write(changes) {
      groups.push(changes);
      current = Promise.withResolvers<void>();
      return current.promise;
    },
    onFailure: (failure) => failures.push(failure?.message),
  });
  return {
    commit,
    failures,
    groups,
    values: () => groups.map((group) => group.map(([, key, value]) => `${key}=${value}`).join(' ')),
    done: () => current.resolve(),
    fail: () => current.reject(new StateWriteError('full')),
  };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('changes of the state', () => {
  it('are written in one group, each record as it was last', async () => {
    const { commit, values, done } = slowDisk();
    commit.add('c', 'a', '1');
    commit.add('c', 'b', '1');
    commit.add('c', 'a', '2');
    const written = commit.committed();
    await turn();
    done();
    await written;
    assert.deepEqual(values(), ['a=2 b=1']);
  });

  it('wait for the group that is being written, and then go in one of their own', async () => {
    const { commit, values, done } = slowDisk();
    const order: string[] = [];
    commit.add('c', 'a', '1');
    const first = commit.committed().then(() => order.push('first'));
    await turn();
    commit.add('c', 'b', '1');
    const second = commit.committed().then(() => order.push('second'));
    await turn();
    assert.deepEqual(values(), ['a=1']);
    done();
    await first;
    assert.deepEqual(order, ['first']);
    await turn();
    done();
    await second;
    assert.deepEqual(values(), ['a=1', 'b=1']);
  });

  it('are there at once when nothing changed', async () => {
    await slowDisk().commit.committed();
  });

  it('ask late writers when a group is put together', async () => {
    const { commit, values, done } = slowDisk();
    commit.beforeCommit(() => commit.add('c', 'late', '1'));
    const written = commit.committed();
    await turn();
    done();
    await written;
    assert.deepEqual(values(), ['late=1']);
  });

  it('stay when they cannot be written, and go with later ones once they can', async () => {
    const { commit, values, failures, done, fail } = slowDisk();
    commit.add('c', 'a', '1');
    const refused = commit.committed();
    await turn();
    commit.add('c', 'a', '2');
    commit.add('c', 'b', '1');
    fail();
    await assert.rejects(refused, { message: 'full' });
    await assert.rejects(commit.committed(), { message: 'full' });
    const closed = commit.close();
    await turn();
    done();
    await closed;
    assert.deepEqual(values(), ['a=1', 'a=2 b=1']);
    assert.deepEqual(failures, ['full', undefined]);
    assert.equal(commit.failure, undefined);
  });
});
