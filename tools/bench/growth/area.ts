import type { AwsCaller } from '../aws-call.ts';

/** Something that can grow, and operations whose time must not depend on how much of it there is. */
export type Area = {
  readonly name: string;
  /** Makes what the operations need, on both endpoints. */
  readonly prepare: (aws: AwsCaller) => Promise<void>;
  /** Makes much of it, on one endpoint. */
  readonly fill: (aws: AwsCaller) => Promise<void>;
  readonly operations: Readonly<Record<string, (aws: AwsCaller, index: number) => Promise<unknown>>>;
};

const parallel = 16;

/** Calls `run` for 0 to `count` - 1, sixteen at a time. */
export async function times(count: number, run: (index: number) => Promise<unknown>): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < count) await run(next++);
  };
  await Promise.all(Array.from({ length: parallel }, worker));
}
