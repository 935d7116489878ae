import type { Finding } from './finding.ts';

/** Gathers what is found, so that a finding that many sets of options have in common is printed once. */
export class Report {
  readonly #sets = new Map<string, string[]>();
  #templates = 0;

  add(service: string, optionSet: string, findings: readonly Finding[]): void {
    this.#templates += 1;
    for (const { logicalId, path, rule, message } of findings) {
      const line = `${[service, logicalId, path].filter((part) => part !== '').join(' ')}: ${message} [${rule}]`;
      this.#sets.set(line, [...(this.#sets.get(line) ?? []), optionSet]);
    }
  }

  get hasFindings(): boolean {
    return this.#sets.size > 0;
  }

  toString(): string {
    const lines = [...this.#sets].map(([line, [first, ...others]]) =>
      others.length === 0 ? `${line} with ${first}` : `${line} with ${first} and ${others.length} more`,
    );
    return [...lines, `${this.#templates} templates checked, ${this.#sets.size} findings.`].join('\n');
  }
}
