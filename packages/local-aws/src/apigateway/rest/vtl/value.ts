/**
 * What a mapping template computes with. API Gateway's templates run in Java, so numbers, lists and maps print as Java
 * prints them. Missing and null are one and the same.
 */
export type VtlValue =
  | undefined
  | null
  | string
  | boolean
  /** A Java Integer or Long when whole, a Double when not. */
  | number
  /** A Java Long or BigInteger beyond what a JavaScript number holds exactly. */
  | bigint
  | WholeDouble
  | VtlValue[]
  | VtlMap
  | VtlObject;
export type VtlMap = { [key: string]: VtlValue };
export type VtlMethod = (args: readonly VtlValue[]) => VtlValue;

/** A Java Double with a whole value, which prints as `1.0` where an Integer prints as `1`. */
export class WholeDouble {
  readonly value: number;
  constructor(value: number) {
    this.value = value;
  }
}

/** An object with methods, such as `$input` and `$util`. */
export class VtlObject {
  readonly members: Readonly<Record<string, VtlValue>>;
  readonly methods: Readonly<Record<string, VtlMethod>>;
  constructor(members: Readonly<Record<string, VtlValue>>, methods: Readonly<Record<string, VtlMethod>>) {
    this.members = members;
    this.methods = methods;
  }
}

/** A list that the template itself made. It prints as Java prints a list, `[a, b]`; one out of JSON prints as JSON. */
export class JavaList extends Array<VtlValue> {}

export function javaList(items: Iterable<VtlValue>): JavaList {
  const list = new JavaList();
  for (const item of items) list.push(item);
  return list;
}

export class VtlError extends Error {
  override readonly name = 'VtlError';
}

export function isMap(value: VtlValue): value is VtlMap {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof VtlObject) &&
    !(value instanceof WholeDouble)
  );
}

export function isMissing(value: VtlValue): value is undefined | null {
  return value === undefined || value === null;
}

/** The own member `key`, so that no template reads a JavaScript prototype. */
export function memberOf(map: VtlMap, key: string): VtlValue {
  return Object.hasOwn(map, key) ? map[key] : undefined;
}

export function putMember(map: VtlMap, key: string, value: VtlValue): void {
  Object.defineProperty(map, key, { value, writable: true, enumerable: true, configurable: true });
}
