/** One number of a run, with what it is held against. */
export type Measurement = {
  readonly name: string;
  readonly value: number;
  readonly unit: 'ms' | 's' | 'MB' | 'kB' | '1/s' | '×' | '';
  /** At most, or at least, this. */
  readonly target?: { readonly atMost: number } | { readonly atLeast: number };
};

export type Scenario = {
  readonly name: string;
  readonly description: string;
  readonly run: () => Promise<readonly Measurement[]>;
};

export function isMet({ value, target }: Measurement): boolean {
  if (target === undefined) return true;
  return 'atMost' in target ? value <= target.atMost : value >= target.atLeast;
}

/** Whether the target holds on any machine: that of a ratio between two measurements of one run. */
export function holdsAnywhere({ unit }: Measurement): boolean {
  return unit === '×';
}

/** Measurements as an aligned table. */
export function renderReport(measurements: readonly Measurement[]): string {
  const width = Math.max(...measurements.map(({ name }) => name.length));
  return measurements
    .map((measurement) => {
      const { name, value, unit, target } = measurement;
      const shown = `${format(value)} ${unit}`.padStart(12);
      if (target === undefined) return `  ${name.padEnd(width)} ${shown}`;
      const bound = 'atMost' in target ? `≤ ${format(target.atMost)}` : `≥ ${format(target.atLeast)}`;
      return `  ${name.padEnd(width)} ${shown}   ${isMet(measurement) ? '✔' : '✘'} ${bound} ${unit}`;
    })
    .join('\n');
}

function format(value: number): string {
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);
}
