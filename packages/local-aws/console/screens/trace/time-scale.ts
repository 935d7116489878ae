/** A stretch of time in which something ran, or a gap in which all waited; positions are shares of the width. */
type Stretch = { readonly fromUs: number; readonly toUs: number; readonly from: number; readonly to: number };

export type TimeScale = {
  /** The share of the width, 0 to 1, at which a moment is. */
  readonly at: (us: number) => number;
  /** Gaps that are drawn shorter than they were. */
  readonly gaps: readonly Stretch[];
};

type Interval = { readonly startUs: number; readonly durationUs: number };

/** A gap is drawn to scale up to this share of the time in which something ran. */
const longestGap = 0.25;
const gapWidth = 0.06;
/** Of the same time. */
const shortestRun = 0.03;

/**
 * Maps time to width. A message that waits five minutes for its next attempt would leave a pixel to all that ran, so
 * long gaps have a short, fixed width.
 */
export function timeScale(spans: readonly Interval[]): TimeScale {
  const busy = unionOf(spans);
  const first = busy[0];
  const last = busy.at(-1);
  if (first === undefined || last === undefined) return { at: () => 0, gaps: [] };
  const busyUs = busy.reduce((sum, [from, to]) => sum + to - from, 0);
  const limit = Math.max(busyUs * longestGap, 1000);
  const isLong = (from: number, to: number): boolean => to - from > limit;
  const pieces = busy.flatMap(([from, to], index) => {
    const next = busy[index + 1];
    const run = { fromUs: from, toUs: to, isGap: false };
    return next === undefined ? [run] : [run, { fromUs: to, toUs: next[0], isGap: isLong(to, next[0]) }];
  });
  const gapCount = pieces.filter(({ isGap }) => isGap).length;
  const share = Math.min(gapWidth, 0.4 / Math.max(1, gapCount));
  // A short run after a long gap keeps a width that can be seen.
  const weightOf = (fromUs: number, toUs: number): number => Math.max(toUs - fromUs, busyUs * shortestRun);
  const linearUs = pieces.reduce((sum, { fromUs, toUs, isGap }) => sum + (isGap ? 0 : weightOf(fromUs, toUs)), 0) || 1;
  const linear = 1 - gapCount * share;
  const stretches: (Stretch & { readonly isGap: boolean })[] = [];
  let from = 0;
  for (const { fromUs, toUs, isGap } of pieces) {
    const to = from + (isGap ? share : (weightOf(fromUs, toUs) / linearUs) * linear);
    stretches.push({ fromUs, toUs, from, to, isGap });
    from = to;
  }
  return {
    gaps: stretches.filter(({ isGap }) => isGap),
    at(us) {
      const stretch = stretches.find(({ toUs }) => us <= toUs) ?? stretches.at(-1);
      if (stretch === undefined) return 0;
      const length = stretch.toUs - stretch.fromUs || 1;
      const inside = Math.min(1, Math.max(0, (us - stretch.fromUs) / length));
      return stretch.from + inside * (stretch.to - stretch.from);
    },
  };
}

function unionOf(spans: readonly Interval[]): readonly (readonly [number, number])[] {
  const union: [number, number][] = [];
  for (const { startUs, durationUs } of spans.toSorted((a, b) => a.startUs - b.startUs)) {
    const end = startUs + durationUs;
    const last = union.at(-1);
    if (last !== undefined && startUs <= last[1]) last[1] = Math.max(last[1], end);
    else union.push([startUs, end]);
  }
  return union;
}
