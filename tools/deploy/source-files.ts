import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { sep } from 'node:path';

/** What a deploy depends on in a file: its content, and what the content refers to. */
export type SourceFile = {
  readonly hash: string;
  /** The names of environment variables. */
  readonly variables: readonly string[];
  /** Paths as in `${file(../../settings.yml)}`, relative to the service. */
  readonly references: readonly string[];
  /** Whether the file depends on nothing else. */
  readonly isComplete: boolean;
};

type Contents = Omit<SourceFile, 'hash'>;

const configuration = /\.(?:ya?ml|json)$/;
const script = /\.(?:[cm]?js|ts)$/;
const environmentFile = /[\\/]\.env(?:\.[^\\/]*)?$/;
const packages = `${sep}node_modules${sep}`;

/** Reads each file once, for checks that are made at the same moment. */
export class SourceFiles {
  readonly #read = new Map<string, SourceFile>();

  /** A missing file counts as an empty one. */
  read(path: string): SourceFile {
    const known = this.#read.get(path);
    if (known !== undefined) return known;
    const content = existsSync(path) ? readFileSync(path) : Buffer.alloc(0);
    const hash = createHash('sha256').update(content).digest('hex');
    const file = { hash, ...(path.includes(packages) ? nothing : contentsOf(path, content)) };
    this.#read.set(path, file);
    return file;
  }

  /** A script that the Serverless CLI runs, as in `${file(dashboard.cjs)}`. */
  readScript(path: string): SourceFile {
    const file = this.read(path);
    const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
    const { references, variables, isComplete } = contentsOfConfiguration(text);
    return {
      ...file,
      references,
      variables: [...file.variables, ...variables],
      isComplete: isComplete && !readsMore.test(text.replaceAll(environmentVariable, '')),
    };
  }
}

const nothing: Contents = { variables: [], references: [], isComplete: true };

/** The names with which a script can read files, the network, the clock or the environment. */
const readsMore =
  /\b(?:require|import|process|global|globalThis|eval|Function|constructor|Date|Temporal|performance|random|crypto|fetch|WebSocket|EventSource)\b/;

const environmentVariable = /process\.env(?:\.(\w+)|\[['"](\w+)['"]\])/g;

function contentsOf(path: string, content: Buffer): Contents {
  if (environmentFile.test(path)) return { ...nothing, variables: variablesOfEnvironmentFile(content.toString()) };
  if (configuration.test(path)) return contentsOfConfiguration(content.toString());
  return script.test(path) ? { ...nothing, variables: variablesOfScript(content.toString()) } : nothing;
}

/** A variable can have several sources, as in `${opt:region, env:AWS_REGION}`, and other variables in its address. */
function contentsOfConfiguration(text: string): Contents {
  const variables = [...text.matchAll(/\benv:([^\s,}'"`]+)/g)].map(([, name = '']) => name);
  return {
    variables,
    references: [...text.matchAll(/\bfile\(\s*([^)]+?)\s*\)/g)].map(([, path = '']) => path),
    isComplete: !variables.some((name) => name.includes('${')) && !/\bsls:instanceId\b/.test(text),
  };
}

/** Values may have others in them, as in `URL=http://$HOST`. */
function variablesOfEnvironmentFile(text: string): readonly string[] {
  return [...text.matchAll(/\$\{?(\w+)/g)].map(([, name = '']) => name);
}

function variablesOfScript(text: string): readonly string[] {
  return [...text.matchAll(environmentVariable)].map(([, ...names]) => names.find((name) => name !== undefined) ?? '');
}
