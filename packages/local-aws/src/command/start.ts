import { join, resolve } from 'node:path';
import { type ActivityStyle, showActivity } from '../activity/show-activity.ts';
import { LockedError, NoLockError, takeLock } from '../core/process-lock.ts';
import { StateWriteError } from '../core/state-store.ts';
import { MissingEngineError } from '../dynamodb/find-engine.ts';
import { type Endpoint, startEndpoint } from '../endpoint.ts';
import type { SourceOf } from '../lambda/function-errors.ts';
import { folderError, openFolder } from '../state/open-folder.ts';
import { StateFolderError } from '../state/state-folder-error.ts';
import type { CommandOptions } from './options.ts';

/** A failure whose message is all that the user needs. */
export class StartError extends Error {}

export type StartOptions = CommandOptions & {
  /** What the user types to choose another port, such as `npm start -- --port 4567`. */
  readonly portExample: string;
  /** The folder for snapshots; by default within the folder of `--persist`. */
  readonly snapshots?: string;
  /** The OpenAPI document of the API of a stack, for the console. */
  readonly apiDocument?: (stackName: string) => Promise<object | undefined>;
  /** The source of a place in a function's trace. */
  readonly sourceOf?: SourceOf;
  /** What is shown of requests and functions; by default only errors of functions. */
  readonly activity?: ActivityStyle;
};

/**
 * Starts the endpoint as a command does: it locks the persist folder, prints errors that functions log, and explains
 * what keeps it from starting.
 *
 * @throws StartError, StateFolderError
 */
export async function startFromCommandLine(options: StartOptions): Promise<Endpoint> {
  const {
    port,
    persist,
    iam,
    console: hasConsole,
    otlp,
    allowedHosts,
    portExample,
    snapshots,
    apiDocument,
    sourceOf,
    activity = 'errors',
    inspect,
    limits,
  } = options;
  using held = new DisposableStack();
  const folder = persist === undefined ? undefined : resolve(persist);
  if (folder !== undefined) held.use(lockFolder(folder));
  try {
    const endpoint: Endpoint = await startEndpoint({
      port,
      persist: folder,
      iam,
      console: hasConsole,
      otlp,
      snapshots,
      ...(apiDocument !== undefined && { apiDocument }),
      allowedHosts,
      inspect,
      limits,
      onError: (error) => console.error('The endpoint failed on a request:', error),
      onNote: (text) => console.error(text),
      ...showActivity({
        style: activity,
        nameOf: ({ apiId, stage }) =>
          endpoint.apis().find((api) => api.apiId === apiId && (stage ?? api.stage) === api.stage)?.name ?? apiId,
        sourceOf,
        write: (line) => process.stdout.write(`${line}\n`),
        writeError: (text) => console.error(text),
      }),
      dynamoDbEngine: process.env.LOCAL_DYNOXIDE_PATH,
    });
    const lock = held.move();
    const close = (): Promise<void> => endpoint.close().finally(() => lock.dispose());
    return { ...endpoint, close, [Symbol.asyncDispose]: close };
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') {
      if ('port' in error && error.port === inspect && inspect !== port) {
        throw new StartError(
          `Port ${inspect}, for debuggers, is in use. Choose another: --inspect=${(inspect ?? 0) + 1}`,
        );
      }
      throw new StartError(
        `Port ${port} is in use, perhaps by another endpoint or by LocalStack. Stop it, or choose another: ${portExample}`,
      );
    }
    if (error instanceof Error && 'code' in error && error.code === 'EACCES') {
      throw new StartError(`This user may not listen on port ${port}. Choose another: ${portExample}`);
    }
    if (error instanceof MissingEngineError) throw new StartError(error.message);
    throw error;
  }
}

/** What a command prints of a failure: a message where that is enough, else the whole error. */
export function failureText(error: unknown): unknown {
  const isForUser = [StartError, StateFolderError, StateWriteError].some((kind) => error instanceof kind);
  return isForUser && error instanceof Error ? error.message : error;
}

/** Locks the persist folder for this endpoint: two of them would overwrite each other's state. */
function lockFolder(folder: string): Disposable {
  try {
    openFolder(folder);
    return takeLock(join(folder, 'lock'));
  } catch (error) {
    if (error instanceof LockedError) {
      throw new StartError(`${folder} is in use by the endpoint of process ${error.pid}.`);
    }
    if (error instanceof NoLockError) throw new StartError(error.message);
    throw folderError(folder, error);
  }
}
