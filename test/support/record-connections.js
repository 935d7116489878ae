// Loaded into a command with `node --import`: writes down each connection that is to leave this machine, and refuses it,
// and the keys that sign its requests. A line each, in the file that CONNECTION_LOG names.
import { subscribe } from 'node:diagnostics_channel';
import { appendFileSync } from 'node:fs';
import { Socket } from 'node:net';

const file = process.env.CONNECTION_LOG ?? '/dev/null';
const write = (/** @type {string} */ line) => appendFileSync(file, `${line}\n`);
const onThisMachine = ['localhost', '127.0.0.1', '::1', undefined];

const { connect } = Socket.prototype;
Socket.prototype.connect = function (/** @type {any[]} */ ...args) {
  const [target, host] = Array.isArray(args[0]) ? args[0] : args;
  const named = target?.path === undefined || target.host ? (target?.host ?? host) : undefined;
  if (typeof named !== 'string' || onThisMachine.includes(named)) return Reflect.apply(connect, this, args);
  write(`connect ${named}`);
  process.nextTick(() => this.destroy(new Error(`${named} is recorded and refused`)));
  return this;
};

subscribe('http.client.request.created', (message) => {
  const { request } = /** @type {{ request: import('node:http').ClientRequest }} */ (message);
  const [, key] = /Credential=([^/]+)/.exec(String(request.getHeader('authorization'))) ?? [];
  if (key !== undefined) write(`signed ${key}`);
});
