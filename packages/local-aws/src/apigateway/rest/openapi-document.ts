import { parse as parseYaml } from 'yaml';
import { AwsError } from '../../core/aws-error.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts';

/** What is wrong with a document and what is passed over in it, with the place. */
export class ImportReport {
  readonly errors: string[] = [];
  readonly warnings: string[] = [];

  /** Runs a part of the import; what it throws is noted for `place` and the import goes on. */
  attempt(place: string, run: () => void): void {
    try {
      run();
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      this.errors.push(`${place}: ${error.message}`);
    }
  }

  /** @throws AwsError with all that was found */
  finish(failOnWarnings: boolean): void {
    const problems = [...this.errors, ...(failOnWarnings ? this.warnings : [])];
    if (problems.length === 0) return;
    throw new AwsError('BadRequestException', `Errors found during import:\n\t${problems.join('\n\t')}`);
  }
}

/** An OpenAPI 3.0 or Swagger 2.0 document with its local references. */
export class OpenApiDocument {
  readonly root: JsonObject;
  readonly isSwagger: boolean;

  /** @param body the document, or its JSON or YAML text @throws AwsError */
  constructor(body: JsonValue) {
    const root = typeof body === 'string' ? parseText(body) : body;
    if (!isJsonObject(root)) throw invalid('Unable to parse API definition: it is not an object');
    this.root = root;
    this.isSwagger = String(root.swagger ?? '') === '2.0';
    if (this.isSwagger || /^3\.0\.\d+$/.test(String(root.openapi ?? ''))) return;
    throw invalid(
      `Unsupported specification version ${String(root.openapi ?? root.swagger ?? '(none)')}: API Gateway imports OpenAPI 3.0 and Swagger 2.0`,
    );
  }

  /** An object, or what its `$ref` leads to. Absent is empty. @throws AwsError */
  object(value: JsonValue | undefined, depth = 0): JsonObject {
    if (value === undefined || value === null) return {};
    if (!isJsonObject(value)) throw invalid(`expected an object, found ${JSON.stringify(value).slice(0, 60)}`);
    if (typeof value.$ref !== 'string') return value;
    if (depth > 20) throw invalid(`the reference ${value.$ref} goes in circles`);
    return this.object(this.#lookUp(value.$ref), depth + 1);
  }

  #lookUp(reference: string): JsonValue {
    if (!reference.startsWith('#/')) throw invalid(`$ref cannot be used to reference external files: ${reference}`);
    let value: JsonValue | undefined = this.root;
    for (const part of reference.slice(2).split('/')) {
      const key = part.replaceAll('~1', '/').replaceAll('~0', '~');
      value = isJsonObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
    }
    if (value === undefined) throw invalid(`the reference ${reference} leads nowhere`);
    return value;
  }
}

export function invalid(message: string): AwsError {
  return new AwsError('BadRequestException', message);
}

/** @throws AwsError naming a key that begins with `x-amazon-apigateway-` and is not among `known` */
export function checkExtensions(object: JsonObject, known: readonly string[]): void {
  const unknown = Object.keys(object).filter(
    (key) => key.startsWith('x-amazon-apigateway-') && !known.includes(key.slice('x-amazon-apigateway-'.length)),
  );
  if (unknown.length > 0) throw invalid(`${unknown.join(', ')} is not supported here`);
}

function parseText(text: string): JsonValue {
  try {
    const parsed: JsonValue = parseYaml(text);
    return parsed;
  } catch (error) {
    throw invalid(`Unable to parse API definition because of a malformed document: ${String(error)}`);
  }
}
