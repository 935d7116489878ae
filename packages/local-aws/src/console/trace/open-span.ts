import type { AwsRequest } from '../../core/aws-api.ts';
import type { Cause, Span, SpanReport, SpanStart } from '../../core/observer.ts';
import type { ApiRequest } from '../../core/web.ts';
import type { AccessDecision } from '../../iam/access-check.ts';
import { newSpanId, rootHeader } from './trace-ids.ts';

type Place = {
  readonly traceId: string;
  readonly parentId: string | undefined;
  readonly links: readonly Cause[];
  /** Milliseconds since the epoch, of the endpoint's clock. */
  readonly now: number;
};

/** A span while it runs, and what is known of it until it is stored. */
export class OpenSpan implements Span, Cause {
  start: SpanStart;
  readonly traceId: string;
  readonly spanId = newSpanId();
  readonly parentId: string | undefined;
  readonly links: readonly Cause[];
  /** Microseconds since the epoch. */
  readonly startUs: number;
  readonly #startedAt = performance.now();
  durationUs = 0;
  isEnded = false;
  /** Whether the store has it already, as one that runs. */
  isStored = false;
  result: SpanReport = {};
  decisions: AccessDecision[] = [];
  /** The request as it came, which a replay sends again. */
  source: ApiRequest | AwsRequest | undefined;
  steps: { readonly name: string; readonly text: string }[] = [];

  constructor(start: SpanStart, { traceId, parentId, links, now }: Place) {
    this.start = start;
    this.traceId = traceId;
    this.parentId = parentId;
    this.links = links;
    this.startUs = microseconds(now, this.#startedAt);
  }

  get traceHeader(): string {
    return `${rootHeader(this.traceId)};Parent=${this.spanId};Sampled=0`;
  }

  report(report: SpanReport): void {
    const attributes = { ...this.result.attributes, ...report.attributes };
    this.result = { ...this.result, ...report, attributes };
  }

  addStep(name: string, text: string): void {
    this.steps.push({ name, text });
  }

  addDecision(decision: AccessDecision): void {
    this.decisions.push(decision);
  }

  /** For those who keep it: the span itself may live as long as a timer that was set while it ran. */
  get cause(): Cause {
    return { traceId: this.traceId, spanId: this.spanId };
  }

  /** Lets go of payloads once they are stored. */
  release(): void {
    const { kind, service, resource, operation } = this.start;
    this.start = { kind, service, resource, operation };
    this.result = {};
    this.decisions = [];
    this.steps = [];
    this.source = undefined;
  }

  end(): void {
    this.durationUs = Math.round((performance.now() - this.#startedAt) * 1000);
    this.isEnded = true;
  }
}

/** In microseconds from the machine's clock, or in milliseconds once the clock of the endpoint has been advanced. */
function microseconds(now: number, monotonic: number): number {
  const precise = performance.timeOrigin + monotonic;
  const shift = now - precise;
  return Math.round((Math.abs(shift) < 1000 ? precise : precise + shift) * 1000);
}
