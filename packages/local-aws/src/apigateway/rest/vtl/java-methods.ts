import { spend } from './budget.ts';
import { matchesWhole, replaceLiteral, replaceMatches, splitText } from './java-text.ts';
import { toText } from './text.ts';
import {
  isMap,
  isMissing,
  javaList,
  memberOf,
  putMember,
  VtlError,
  type VtlMap,
  VtlObject,
  type VtlValue,
  WholeDouble,
} from './value.ts';

type Methods<T> = Readonly<Record<string, (self: T, args: readonly VtlValue[]) => VtlValue>>;

const text = (args: readonly VtlValue[], index = 0): string => toText(args[index]);
const integer = (args: readonly VtlValue[], index = 0): number => Math.trunc(numberOf(args[index]) ?? 0);

export function numberOf(value: VtlValue): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint') return Number(value);
  return value instanceof WholeDouble ? value.value : undefined;
}

const stringMethods: Methods<string> = {
  length: (self) => self.length,
  isEmpty: (self) => self === '',
  isBlank: (self) => self.trim() === '',
  contains: (self, args) => self.includes(text(args)),
  startsWith: (self, args) => self.startsWith(text(args), integer(args, 1)),
  endsWith: (self, args) => self.endsWith(text(args)),
  indexOf: (self, args) => self.indexOf(text(args), integer(args, 1)),
  lastIndexOf: (self, args) => self.lastIndexOf(text(args)),
  substring: (self, args) => substring(self, integer(args), args.length > 1 ? integer(args, 1) : self.length),
  charAt: (self, args) => substring(self, integer(args), integer(args) + 1),
  toUpperCase: (self) => self.toUpperCase(),
  toLowerCase: (self) => self.toLowerCase(),
  // Java's trim takes every character up to the space, and no other white space.
  trim,
  strip: (self) => self.trim(),
  concat: (self, args) => concat(self, text(args)),
  repeat: (self, args) => repeat(self, Math.max(0, integer(args))),
  replace: (self, args) => replaceLiteral(self, text(args), text(args, 1)),
  replaceAll: (self, args) => replaceMatches(self, text(args), text(args, 1)),
  replaceFirst: (self, args) => replaceMatches(self, text(args), text(args, 1), 1),
  split: (self, args) => javaList(splitText(self, text(args), args.length > 1 ? integer(args, 1) : 0)),
  matches: (self, args) => matchesWhole(text(args), self),
  equals: (self, args) => self === args[0],
  equalsIgnoreCase: (self, args) => self.toLowerCase() === text(args).toLowerCase(),
  compareTo: (self, args) => compare(self, text(args)),
  compareToIgnoreCase: (self, args) => compare(self.toLowerCase(), text(args).toLowerCase()),
  hashCode,
  toString: (self: string) => self,
};

function substring(self: string, from: number, to: number): string {
  if (from < 0 || to > self.length || from > to) throw new VtlError(`String index out of range: ${from}, ${to}`);
  return self.slice(from, to);
}

function trim(self: string): string {
  let [from, to] = [0, self.length];
  while (from < to && self.charCodeAt(from) <= 0x20) from += 1;
  while (to > from && self.charCodeAt(to - 1) <= 0x20) to -= 1;
  return self.slice(from, to);
}

function concat(self: string, other: string): string {
  spend(0, self.length + other.length);
  return self + other;
}

function repeat(self: string, count: number): string {
  spend(0, self.length * count);
  return self.repeat(count);
}

function hashCode(self: string): number {
  spend(self.length / 100);
  let hash = 0;
  for (let at = 0; at < self.length; at++) hash = (hash * 31 + self.charCodeAt(at)) | 0;
  return hash;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

const listMethods: Methods<VtlValue[]> = {
  size: (self) => self.length,
  length: (self) => self.length,
  isEmpty: (self) => self.length === 0,
  get: (self, args) => at(self, args[0]),
  contains: (self, args) => self.some((item) => isEqual(item, args[0])),
  indexOf: (self, args) => self.findIndex((item) => isEqual(item, args[0])),
  add: (self, args) => {
    if (args.length > 1) self.splice(integer(args), 0, args[1]);
    else self.push(args[0]);
    return args.length > 1 ? undefined : true;
  },
  addAll: (self, args) => {
    const items = itemsOf(args[0]);
    spend(items.length);
    for (const item of [...items]) self.push(item);
    return items.length > 0;
  },
  set: (self, args) => {
    const previous = at(self, args[0]);
    self[integer(args)] = args[1];
    return previous;
  },
  remove: (self, args) => {
    const index = numberOf(args[0]);
    if (index !== undefined) return self.splice(index, 1)[0];
    const found = self.findIndex((item) => isEqual(item, args[0]));
    if (found >= 0) self.splice(found, 1);
    return found >= 0;
  },
  clear: (self) => {
    self.length = 0;
    return undefined;
  },
  subList: (self, args) => javaList(self.slice(integer(args), integer(args, 1))),
  iterator: (self) => self,
  equals: (self, args) => isEqual(self, args[0]),
  toString: (self: VtlValue) => toText(self),
};

function at(list: readonly VtlValue[], key: VtlValue): VtlValue {
  const index = numberOf(key) ?? Number.NaN;
  if (!Number.isInteger(index)) return undefined;
  return list[index < 0 ? list.length + index : index];
}

const mapMethods: Methods<VtlMap> = {
  get: (self, args) => memberOf(self, text(args)),
  getOrDefault: (self, args) => (Object.hasOwn(self, text(args)) ? memberOf(self, text(args)) : args[1]),
  put: (self, args) => {
    const previous = memberOf(self, text(args));
    putMember(self, text(args), args[1]);
    return previous;
  },
  putAll: (self, args) => {
    if (isMap(args[0])) for (const [key, value] of Object.entries(args[0])) putMember(self, key, value);
    return undefined;
  },
  remove: (self, args) => {
    const previous = memberOf(self, text(args));
    delete self[text(args)];
    return previous;
  },
  containsKey: (self, args) => Object.hasOwn(self, text(args)),
  containsValue: (self, args) => Object.values(self).some((value) => isEqual(value, args[0])),
  keySet: (self) => javaList(Object.keys(self)),
  values: (self) => javaList(Object.values(self)),
  entrySet: (self) => javaList(Object.entries(self).map(([key, value]) => entry(key, value))),
  size: (self) => Object.keys(self).length,
  isEmpty: (self) => Object.keys(self).length === 0,
  equals: (self, args) => isEqual(self, args[0]),
  toString: (self: VtlValue) => toText(self),
};

function entry(key: string, value: VtlValue): VtlObject {
  return new VtlObject(
    { key, value },
    { getKey: () => key, getValue: () => value, toString: () => `${key}=${toText(value)}` },
  );
}

const numberMethods: Methods<number> = {
  intValue: (self) => Math.trunc(self),
  longValue: (self) => Math.trunc(self),
  doubleValue: (self) => (Number.isInteger(self) ? new WholeDouble(self) : self),
  compareTo: (self, args) => Math.sign(self - (numberOf(args[0]) ?? Number.NaN)),
};

/**
 * Calls a method as Velocity calls it on a Java object. A method of nothing yields nothing.
 * @throws VtlError for a method that is not known, where Velocity would print nothing or the call as it stands
 */
export function callMethod(self: VtlValue, name: string, args: readonly VtlValue[]): VtlValue {
  if (isMissing(self)) return undefined;
  spend(costOf(self));
  if (self instanceof VtlObject) {
    const method = Object.hasOwn(self.methods, name) ? self.methods[name] : undefined;
    return method === undefined ? unknown('object', name) : method(args);
  }
  if (typeof self === 'string') return call(stringMethods, 'String', self, name, args);
  if (Array.isArray(self)) return call(listMethods, 'List', self, name, args);
  if (isMap(self)) return call(mapMethods, 'Map', self, name, args);
  if (name === 'toString') return toText(self);
  if (name === 'equals') return isEqual(self, args[0]);
  const number = numberOf(self);
  return number === undefined ? unknown('Boolean', name) : call(numberMethods, 'Number', number, name, args);
}

/** What going once through a value costs; most methods do so. */
function costOf(self: VtlValue): number {
  if (typeof self === 'string') return self.length / 1000;
  if (Array.isArray(self)) return self.length / 10;
  return isMap(self) ? Object.keys(self).length / 10 : 0;
}

function call<T>(methods: Methods<T>, type: string, self: T, name: string, args: readonly VtlValue[]): VtlValue {
  const method = Object.hasOwn(methods, name) ? methods[name] : undefined;
  return method === undefined ? unknown(type, name) : method(self, args);
}

function unknown(type: string, name: string): never {
  throw new VtlError(`the method ${type}.${name}() is not supported in mapping templates`);
}

/** `$x.name`: a member of a map or object, else what a Java getter without arguments gives. */
export function readProperty(self: VtlValue, name: string): VtlValue {
  if (isMissing(self)) return undefined;
  if (self instanceof VtlObject) return Object.hasOwn(self.members, name) ? self.members[name] : undefined;
  if (isMap(self)) return memberOf(self, name);
  if (name === 'empty' && (typeof self === 'string' || Array.isArray(self))) return self.length === 0;
  return undefined;
}

/** `$x[key]` */
export function readIndex(self: VtlValue, key: VtlValue): VtlValue {
  if (Array.isArray(self)) return at(self, key);
  if (self instanceof VtlObject || isMap(self)) return readProperty(self, toText(key));
  return undefined;
}

/** What #foreach goes through: a list, or the values of a map. */
export function itemsOf(value: VtlValue): readonly VtlValue[] {
  if (Array.isArray(value)) return value;
  return isMap(value) ? Object.values(value) : [];
}

/**
 * `==`: missing, null and the empty string are one, numbers compare by value, and values of two types by how they
 * print.
 */
export function isEqual(a: VtlValue, b: VtlValue): boolean {
  if (isMissing(a) || isMissing(b)) return isBlank(a) && isBlank(b);
  if (typeof a === 'bigint' && typeof b === 'bigint') return a === b;
  const [left, right] = [numberOf(a), numberOf(b)];
  if (left !== undefined && right !== undefined) return left === right;
  return a === b || toText(a) === toText(b);
}

function isBlank(value: VtlValue): boolean {
  return isMissing(value) || value === '';
}
