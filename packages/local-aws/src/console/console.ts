import { randomBytes } from 'node:crypto';
import type { ControlApi, ControlRoute } from '../control/control-api.ts';
import type { AwsApi } from '../core/aws-api.ts';
import type { Clock } from '../core/clock.ts';
import type { LambdaInvoker } from '../core/lambda-invoker.ts';
import type { LogSink } from '../core/log-sink.ts';
import type { Observer } from '../core/observer.ts';
import type { ApiFrontend } from '../core/web.ts';
import type { AccessDecision } from '../iam/access-check.ts';
import { Faults } from './faults/faults.ts';
import { faultyApi, faultyFrontend, faultyInvoker } from './faults/inject-faults.ts';
import { LiveFeed } from './live.ts';
import { OtlpExporter } from './otlp/otlp-exporter.ts';
import { packageVersion } from './package-version.ts';
import { requireToken } from './page/require-token.ts';
import { consoleSite, type Site } from './page/site.ts';
import { Replays } from './replay/replays.ts';
import { type ConsoleServices, consoleRoutes } from './routes/console-routes.ts';
import { SpanStore } from './store/span-store.ts';
import type { StoreLimits } from './store/stored.ts';
import { CountsFeed } from './topology/counts-feed.ts';
import { type Deployment, LiveTopology } from './topology/live-topology.ts';
import { noteTraffic } from './topology/note-traffic.ts';
import { Traffic } from './topology/traffic.ts';
import { describeSpan, nodeOf, type RoleLookup } from './trace/describe-span.ts';
import { Recorder } from './trace/recorder.ts';
import { SourceActivities } from './trace/source-activity.ts';
import { traceCalls, traceClients } from './trace/trace-calls.ts';
import { traceRequests } from './trace/trace-requests.ts';
import { Tracer } from './trace/tracer.ts';

export type ConsoleOptions = {
  readonly clock: Clock;
  readonly limits?: StoreLimits;
  /** The collector that gets the spans as well. */
  readonly otlpUrl?: string | undefined;
  /** Called with notes for the developer. */
  readonly onNote: (text: string) => void;
};

/** About a thousand requests of every size, in some 64 MB. */
const defaultLimits: StoreLimits = { spans: 20_000, logs: 20_000, bytes: 64 * 1024 * 1024 };

/** Sees what happens in the endpoint, keeps the latest of it in memory, and serves the page and the API that show it. */
export class Console {
  readonly faults: Faults;
  readonly #tracer: Tracer;
  readonly #clock: Clock;
  readonly #recorder: Recorder;
  readonly #store: SpanStore;
  readonly #live: LiveFeed;
  readonly #counts: CountsFeed;
  readonly #topology = new LiveTopology();
  readonly #traffic = new Traffic();
  readonly #activities = new SourceActivities();
  readonly #replays = new Replays();
  readonly #frontends: ApiFrontend[] = [];
  readonly #apis = new Map<string, AwsApi>();
  #iam: RoleLookup = { roleByArn: () => undefined };
  readonly #token = randomBytes(24).toString('base64url');
  readonly site: Site = consoleSite(this.#token);

  readonly #otlp: OtlpExporter | undefined;

  constructor({ clock, limits = defaultLimits, otlpUrl: url, onNote }: ConsoleOptions) {
    this.#otlp = url === undefined ? undefined : new OtlpExporter({ url, version: packageVersion, onNote });
    this.#clock = clock;
    this.faults = new Faults({ clock });
    this.#counts = new CountsFeed((counts) => this.#live.counts(counts));
    this.#live = new LiveFeed((isFollowed) => {
      this.#store.isFollowed = isFollowed;
      this.#counts.setFollowed(isFollowed);
    });
    this.#store = new SpanStore(limits, (changes) => this.#live.changed(changes));
    this.#recorder = new Recorder({
      write: (batch) => {
        this.#store.write(batch);
        this.#otlp?.add(batch.spans);
      },
      nodeOf: (span) => {
        if (this.#topology.refresh()) this.#live.topologyChanged();
        return nodeOf(span, this.#topology);
      },
      describe: (span, node, parentNodeId) => {
        const stored = describeSpan(span, node, this.#topology, this.#iam);
        if (span.isEnded) noteTraffic(this.#traffic, stored, parentNodeId, this.#topology);
        return stored;
      },
      isFollowed: () => this.#store.isFollowed,
    });
    this.#tracer = new Tracer({
      clock,
      onStart: (span) => this.#recorder.started(span),
      onEnd: (span) => {
        this.#activities.note(span);
        this.#replays.keep(span);
        this.#recorder.ended(span);
      },
    });
  }

  get observer(): Observer {
    return this.#tracer;
  }

  decided(decision: AccessDecision): void {
    this.#tracer.decided(decision);
  }

  watchLogs(logs: LogSink): void {
    logs.onAppend((group, stream, events) => this.#recorder.logged(group, stream, events));
  }

  /** An API as the parts of the endpoint call it, and as clients do. */
  watchApi(api: AwsApi): { readonly inside: AwsApi; readonly outside: AwsApi } {
    const faulty = faultyApi(this.faults, api);
    return { inside: traceCalls(this.#tracer, faulty), outside: faulty };
  }

  /** The door for clients of a service. */
  watchClients(name: string, api: AwsApi): AwsApi {
    this.#apis.set(name, api);
    return traceClients(this.#tracer, api);
  }

  /** The door for the console's own calls, past the faults. */
  watchOwn(api: AwsApi): AwsApi {
    return traceClients(this.#tracer, api);
  }

  watchInvoker(invoker: LambdaInvoker): LambdaInvoker {
    return faultyInvoker(this.faults, invoker);
  }

  watchFrontend(frontend: ApiFrontend, stagesOf: (apiId: string) => readonly string[] | undefined): ApiFrontend {
    const watched = traceRequests(this.#tracer, faultyFrontend(this.faults, frontend), {
      clock: this.#clock,
      stagesOf,
    });
    this.#frontends.push(watched);
    return watched;
  }

  /** @param services the console's way to everything that it shows; called once, when all of it is built */
  open(services: ConsoleServices & Deployment & { readonly iam: RoleLookup }): readonly ControlRoute[] {
    this.#topology.open(services);
    this.#iam = services.iam;
    const routes = consoleRoutes(services, {
      clock: this.#clock,
      tracer: this.#tracer,
      recorder: this.#recorder,
      store: this.#store,
      live: this.#live,
      faults: this.faults,
      topology: this.#topology,
      traffic: this.#traffic,
      activities: this.#activities,
      replays: this.#replays,
      doors: {
        tracer: this.#tracer,
        clock: this.#clock,
        frontends: () => this.#frontends,
        apiOf: (service) => this.#apis.get(service),
        principal: services.principal,
        onError: services.onError,
      },
    });
    this.#counts.open(routes.counts);
    return routes.routes;
  }

  /** Browsers need the token of the page for the API. */
  guard(api: ControlApi): ControlApi {
    return requireToken(this.#token, api);
  }

  async close(): Promise<void> {
    this.#live.close();
    this.#counts.close();
    this.#recorder.close();
    await this.#otlp?.close();
    await this.#store.close();
  }
}
