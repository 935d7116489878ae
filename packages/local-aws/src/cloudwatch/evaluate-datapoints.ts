export const missingDataTreatments = ['breaching', 'notBreaching', 'ignore', 'missing'] as const;
export type MissingData = (typeof missingDataTreatments)[number];

export type EvaluationRule = {
  /** N: how many datapoints count. */
  readonly evaluationPeriods: number;
  /** M: how many of them must breach. */
  readonly datapointsToAlarm: number;
  readonly isBreaching: (value: number) => boolean;
  readonly missingData: MissingData;
};

export type Verdict = {
  readonly state: 'OK' | 'ALARM' | 'INSUFFICIENT_DATA' | 'unchanged';
  /** The datapoints that counted, as indexes into the range, oldest first. */
  readonly counted: readonly number[];
  /** How many missing datapoints were filled in. */
  readonly filled: number;
};

/** CloudWatch looks at more datapoints than N, in case some of the last N are missing; its examples show two more. */
export const spareDatapoints = 2;

/**
 * Evaluates M out of N. Real datapoints of the whole range count first; only when they are fewer than N the treatment of
 * missing data fills in the rest.
 *
 * @param range the evaluation range, oldest first, undefined where a datapoint is missing
 */
export function evaluateDatapoints(range: readonly (number | undefined)[], rule: EvaluationRule): Verdict {
  const { evaluationPeriods, datapointsToAlarm, isBreaching, missingData } = rule;
  const real = range.flatMap((value, index) => (value === undefined ? [] : [{ index, breaching: isBreaching(value) }]));
  const counted = real.slice(-evaluationPeriods);
  const filled = evaluationPeriods - counted.length;
  const breaching = counted.filter((point) => point.breaching).length;
  const verdict = (state: Verdict['state']): Verdict => ({ state, counted: counted.map(({ index }) => index), filled });

  const assumed = missingData === 'breaching' ? breaching + filled : breaching;
  if (assumed >= datapointsToAlarm) return verdict('ALARM');
  if (filled === 0 || missingData === 'breaching' || missingData === 'notBreaching') return verdict('OK');
  if (counted.length === 0) return verdict(missingData === 'ignore' ? 'unchanged' : 'INSUFFICIENT_DATA');
  if (breaching < counted.length) return verdict('OK');

  // Nothing but breaching datapoints, yet fewer than M: an alarm once the oldest is M periods old, not prematurely.
  const age = range.length - (counted[0]?.index ?? range.length);
  return verdict(missingData === 'missing' && age >= datapointsToAlarm ? 'ALARM' : 'unchanged');
}
