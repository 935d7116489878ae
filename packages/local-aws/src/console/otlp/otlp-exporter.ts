import type { StoredSpan } from '../store/stored.ts';
import { otlpRequest } from './otlp-request.ts';

export type OtlpOptions = {
  /** Of the collector, such as `http://localhost:4318`; a URL with a path is taken as it is. */
  readonly url: string;
  readonly version: string;
  /** Told once when the collector cannot be reached, and again when it can. */
  readonly onNote: (text: string) => void;
};

const sendEveryMs = 1000;
const maxWaiting = 10_000;
const maxPerRequest = 2000;
const timeoutMs = 10_000;

/** Sends spans to a collector as OTLP/HTTP JSON. What it does not take is sent again, as long as there is room. */
export class OtlpExporter {
  readonly #options: OtlpOptions;
  readonly #url: string;
  readonly #closing = new AbortController();
  #waiting: StoredSpan[] = [];
  #timer: NodeJS.Timeout | undefined;
  #sending: Promise<void> | undefined;
  #hasFailed = false;

  constructor(options: OtlpOptions) {
    this.#options = options;
    const { pathname } = new URL(options.url);
    this.#url = pathname === '/' ? new URL('/v1/traces', options.url).href : options.url;
  }

  add(spans: readonly StoredSpan[]): void {
    this.#waiting.push(...spans.filter(({ status }) => status !== 'running'));
    if (this.#waiting.length > maxWaiting) this.#waiting = this.#waiting.slice(-maxWaiting);
    this.#schedule();
  }

  /** Sends what waits, without trying again. */
  async close(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#sending;
    if (!this.#hasFailed) await this.#send();
    this.#closing.abort();
  }

  #schedule(): void {
    if (this.#timer !== undefined || this.#waiting.length === 0) return;
    this.#timer = setTimeout(() => {
      this.#sending = this.#send().finally(() => {
        this.#timer = undefined;
        this.#sending = undefined;
        this.#schedule();
      });
    }, sendEveryMs);
    this.#timer.unref();
  }

  async #send(): Promise<void> {
    while (this.#waiting.length > 0) {
      const spans = this.#waiting.slice(0, maxPerRequest);
      const problem = await this.#post(spans);
      if (problem !== undefined) {
        if (!this.#hasFailed) this.#options.onNote(`Spans cannot be sent to ${this.#url}: ${problem}`);
        this.#hasFailed = true;
        return;
      }
      if (this.#hasFailed) this.#options.onNote(`Spans are sent to ${this.#url} again.`);
      this.#hasFailed = false;
      this.#waiting = this.#waiting.slice(spans.length);
    }
  }

  /** Yields why the spans have to be sent again; those that the collector refuses for good are dropped. */
  async #post(spans: readonly StoredSpan[]): Promise<string | undefined> {
    try {
      const response = await fetch(this.#url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(otlpRequest(spans, this.#options.version)),
        signal: AbortSignal.any([this.#closing.signal, AbortSignal.timeout(timeoutMs)]),
      });
      await response.arrayBuffer();
      if (response.ok) return undefined;
      const isTemporary = response.status === 429 || response.status >= 502;
      if (!isTemporary) this.#options.onNote(`The collector refused ${spans.length} spans: HTTP ${response.status}`);
      return isTemporary ? `HTTP ${response.status}` : undefined;
    } catch (error) {
      return error instanceof Error
        ? error.cause instanceof Error
          ? error.cause.message
          : error.message
        : String(error);
    }
  }
}
