import { isJsonObject, type JsonObject, type JsonValue } from '../core/json.ts';
import { conditionFunctions, intrinsicFunctions, intrinsicOf } from './intrinsics.ts';
import type { ParameterValues } from './parameters.ts';
import type { Template } from './template.ts';
import { templateError } from './template-error.ts';

/** What the expressions of one template are resolved against. */
export type Scope = {
  readonly template: Template;
  readonly parameters: ParameterValues;
  /** `AWS::Region` and its like, except `AWS::NoValue`. */
  readonly pseudoParameters: Readonly<Record<string, JsonValue>>;
  /**
   * `Ref` of a resource, or `Fn::GetAtt` when there is an attribute.
   * @throws NotYetKnown while the resource has not been made
   */
  reference(logicalId: string, attribute?: string): JsonValue;
  importValue(exportName: string): JsonValue;
};

/** Thrown by a scope for what will be known only once a resource has been made. */
export class NotYetKnown extends Error {}

export type PartlyResolved = {
  /** With `placeholder` where the value is not known yet. */
  readonly value: JsonValue | undefined;
  readonly unknown: readonly (readonly string[])[];
};

/** What resolving one value may take, so that functions inside functions cannot multiply a small template. */
const maxCalls = 100_000;
const maxCharacters = 5_000_000;

/** As change sets of AWS show it. */
const placeholder = '{{changeSet:KNOWN_AFTER_APPLY}}';

/** Resolves intrinsic functions and conditions; each condition is evaluated once. */
export class Resolver {
  readonly scope: Scope;
  readonly #conditions = new Map<string, boolean | 'evaluating'>();
  #depth = 0;
  #calls = 0;
  #characters = 0;

  constructor(scope: Scope) {
    this.scope = scope;
  }

  /** Yields undefined for `AWS::NoValue`. @throws AwsError ValidationError, NotYetKnown */
  resolve(value: JsonValue): JsonValue | undefined {
    return this.#bounded(() => this.#walk(value, []));
  }

  /** As `resolve`, going on with a placeholder where a value is not known yet. */
  resolveKnown(value: JsonValue): PartlyResolved {
    const unknown: string[][] = [];
    return { value: this.#bounded(() => this.#walk(value, [], unknown)), unknown };
  }

  /** Intrinsic functions resolve their arguments through the same resolver: the outermost value has the budget. */
  #bounded<T>(resolve: () => T): T {
    if (this.#depth === 0) {
      this.#calls = 0;
      this.#characters = 0;
    }
    this.#depth += 1;
    try {
      return resolve();
    } finally {
      this.#depth -= 1;
    }
  }

  #count(result: JsonValue | undefined): void {
    this.#calls += 1;
    this.#characters += typeof result === 'string' ? result.length : Array.isArray(result) ? result.length : 0;
    if (this.#calls > maxCalls || this.#characters > maxCharacters) {
      throw templateError('Template error: resolving the intrinsic functions takes too long or yields too much text.');
    }
  }

  resolveProperties(properties: JsonObject): JsonObject {
    const resolved = this.resolve(properties);
    return isJsonObject(resolved) ? resolved : {};
  }

  condition(name: string, usedBy = 'Conditions'): boolean {
    const known = this.#conditions.get(name);
    if (known === 'evaluating')
      throw templateError(`Template error: circular dependency between conditions: [${name}]`);
    if (known !== undefined) return known;
    const expression = this.scope.template.conditions.get(name);
    if (expression === undefined) {
      throw templateError(`Template error: unresolved condition dependency ${name} in ${usedBy}`);
    }
    this.#conditions.set(name, 'evaluating');
    const result = this.evaluateCondition(expression);
    this.#conditions.set(name, result);
    return result;
  }

  /** @param functions those that the section of the expression has: Conditions or Rules */
  evaluateCondition(expression: JsonValue, functions = conditionFunctions): boolean {
    const [name = '', ...rest] = isJsonObject(expression) ? Object.keys(expression) : [];
    const evaluate = Object.hasOwn(functions, name) ? functions[name] : undefined;
    if (!isJsonObject(expression) || rest.length > 0 || evaluate === undefined) {
      throw templateError(
        functions === conditionFunctions
          ? `Template format error: Conditions can only be boolean operations on parameters and other conditions: ${JSON.stringify(expression)}`
          : `Template format error: Rules can only be boolean operations on parameters: ${JSON.stringify(expression)}`,
      );
    }
    return evaluate(expression[name] ?? null, this, (operand) => this.evaluateCondition(operand, functions));
  }

  #walk(value: JsonValue, path: readonly string[], unknown?: string[][]): JsonValue | undefined {
    const call = intrinsicOf(value);
    if (call?.name === 'Fn::If') return this.#walk(this.chosenBranch(call.argument), path, unknown);
    if (call !== undefined) return this.#call(call, path, unknown);
    if (Array.isArray(value)) {
      const items: JsonValue[] = [];
      for (const element of value) {
        const item = this.#walk(element, [...path, String(items.length)], unknown);
        if (item !== undefined) items.push(item);
      }
      return items;
    }
    if (!isJsonObject(value)) return value;
    return Object.fromEntries(
      Object.entries(value).flatMap(([key, member]): [string, JsonValue][] => {
        const resolved = this.#walk(member, [...path, key], unknown);
        return resolved === undefined ? [] : [[key, resolved]];
      }),
    );
  }

  #call(
    { name, argument }: { name: string; argument: JsonValue },
    path: readonly string[],
    unknown: string[][] | undefined,
  ): JsonValue | undefined {
    const evaluate = Object.hasOwn(intrinsicFunctions, name) ? intrinsicFunctions[name] : undefined;
    if (evaluate === undefined) throw templateError(`Template error: unsupported function ${name}.`);
    try {
      const result = evaluate(argument, this);
      this.#count(result);
      return result;
    } catch (error) {
      if (!(error instanceof NotYetKnown) || unknown === undefined) throw error;
      unknown.push([...path]);
      return placeholder;
    }
  }

  chosenBranch(argument: JsonValue): JsonValue {
    const [name, whenTrue, whenFalse, ...rest] = Array.isArray(argument) ? argument : [];
    if (typeof name !== 'string' || whenTrue === undefined || whenFalse === undefined || rest.length > 0) {
      throw templateError('Template error: Fn::If requires a list argument with three parameters');
    }
    return this.condition(name, 'Fn::If') ? whenTrue : whenFalse;
  }
}
