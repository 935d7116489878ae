// Stands in for `@smithy/core/event-streams` in the bundles (esbuild `alias`). The SDK imports it dynamically, and CommonJS
// cannot leave parts of such a module out: 19 kB, and node:zlib loaded at each INIT, for calls that no function makes.

/** Made for the first call with an event stream in its input or output. */
export class EventStreamSerde {
  constructor() {
    throw new Error(
      'The bundles leave event streams out. To use a call with one, such as SubscribeToShard, remove ' +
        '@smithy/core/event-streams from `alias` in shared/serverless/custom.yml.',
    );
  }
}

/** Asked for by a client that has calls with event streams, when it is made. */
export const eventStreamSerdeProvider = (): undefined => undefined;

export const resolveEventStreamSerdeConfig = <T>(input: T): T => input;
