import type { MetricSettings } from './alarm-settings.ts';
import type { MissingData, Verdict } from './evaluate-datapoints.ts';

export type Datapoint = {
  readonly timestamp: number;
  readonly value: number;
  readonly sampleCount: number | undefined;
};

export type Evaluation = {
  readonly verdict: Verdict;
  /** The state that the verdict stands for. */
  readonly state: 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';
  /** The datapoints that counted, oldest first. */
  readonly datapoints: readonly Datapoint[];
  readonly isBreaching: (value: number) => boolean;
  readonly missingData: MissingData;
  readonly period: number;
  /** The start of the newest period of the evaluation range. */
  readonly newest: number;
  readonly now: number;
};

const comparisonWords: Readonly<Record<MetricSettings['ComparisonOperator'], string>> = {
  GreaterThanOrEqualToThreshold: 'greater than or equal to',
  GreaterThanThreshold: 'greater than',
  LessThanThreshold: 'less than',
  LessThanOrEqualToThreshold: 'less than or equal to',
};

/** How CloudWatch writes times in alarm messages: `2026-01-01T00:00:00.000+0000`. */
export function alarmTime(time: number): string {
  return new Date(time).toISOString().replace('Z', '+0000');
}

/** The StateReason in CloudWatch's own words, which people and their tools read. */
export function stateReason(settings: MetricSettings, evaluation: Evaluation): string {
  const { state, datapoints, verdict, isBreaching } = evaluation;
  const n = settings.EvaluationPeriods;
  if (state === 'INSUFFICIENT_DATA') {
    return `Insufficient Data: ${count(n, 'datapoint')} ${n === 1 ? 'was' : 'were'} unknown.`;
  }
  const treatment = missingTreatment(evaluation);
  if (datapoints.length === 0) {
    return `Threshold Crossed: no datapoints were received for ${count(n, 'period')}${treatment}.`;
  }
  // In ALARM the reason lists what breaches, in OK what does not.
  const matching = datapoints.filter(({ value }) => isBreaching(value) === (state === 'ALARM')).reverse();
  const shown = matching.length === 0 ? datapoints.toReversed() : matching;
  const negated = shown.some(({ value }) => isBreaching(value)) ? '' : 'not ';
  const values = shown.map(({ timestamp, value }) => `${double(value)} (${shortTime(timestamp)})`).join(', ');
  const quantity =
    settings.DatapointsToAlarm === undefined
      ? count(shown.length, 'datapoint')
      : `${shown.length} out of the last ${n} datapoints`;
  const verb = shown.length === 1 ? 'was' : 'were';
  const comparison = comparisonWords[settings.ComparisonOperator];
  const crossed = `Threshold Crossed: ${quantity} [${values}] ${verb} ${negated}${comparison} the threshold (${double(settings.Threshold)})`;
  return `${crossed}${verdict.filled > 0 ? treatment : ''}${minimum(settings, state)}.`;
}

function missingTreatment({ verdict, missingData }: Evaluation): string {
  if (missingData !== 'breaching' && missingData !== 'notBreaching') return '';
  const label = missingData === 'breaching' ? 'Breaching' : 'NonBreaching';
  return ` and ${count(verdict.filled, 'missing datapoint')} ${verdict.filled === 1 ? 'was' : 'were'} treated as [${label}]`;
}

function minimum({ DatapointsToAlarm, EvaluationPeriods }: MetricSettings, state: 'OK' | 'ALARM'): string {
  if (DatapointsToAlarm === undefined) return '';
  const needed = state === 'ALARM' ? DatapointsToAlarm : EvaluationPeriods - DatapointsToAlarm + 1;
  return ` (minimum ${count(needed, 'datapoint')} for ${state === 'ALARM' ? 'OK -> ALARM' : 'ALARM -> OK'} transition)`;
}

/** The StateReasonData: JSON text with the datapoints that counted. */
export function stateReasonData(settings: MetricSettings, evaluation: Evaluation): string {
  const { datapoints, period, newest, now } = evaluation;
  const missing = Array.from({ length: settings.EvaluationPeriods }, (_, index) => ({
    timestamp: alarmTime(newest - index * period * 1000),
  }));
  return JSON.stringify({
    version: '1.0',
    queryDate: alarmTime(now),
    startDate: datapoints[0] && alarmTime(datapoints[0].timestamp),
    unit: settings.Unit,
    statistic: settings.Statistic ?? settings.ExtendedStatistic,
    period,
    recentDatapoints: datapoints.map(({ value }) => value),
    threshold: settings.Threshold,
    evaluatedDatapoints:
      datapoints.length === 0
        ? missing
        : datapoints
            .toReversed()
            .map(({ timestamp, sampleCount, value }) => ({ timestamp: alarmTime(timestamp), sampleCount, value })),
  });
}

function count(quantity: number, noun: string): string {
  return `${quantity} ${noun}${quantity === 1 ? '' : 's'}`;
}

function double(value: number): string {
  return Number.isInteger(value) ? value.toFixed(1) : String(value);
}

/** `31/12/26 23:59:00` */
function shortTime(time: number): string {
  const [date = '', clock = ''] = new Date(time).toISOString().split('T');
  return `${date.slice(2).split('-').reverse().join('/')} ${clock.slice(0, 8)}`;
}
