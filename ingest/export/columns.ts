import type {RowColumns} from '#schemas';
import type {ExportPlan} from './plan.ts';

/** A column of an export with what it means, for the sidecar. */
export type ExportColumn = {name: string; meaning: string};

const KEY: readonly ExportColumn[] = [
  {
    name: 'datastream',
    meaning: 'Id of the series: station, element, depth or height, instance, statistic, period',
  },
  {name: 'station', meaning: 'Id of the place'},
  {name: 'device', meaning: 'Device that feeds the series now; empty: no device measures it'},
  {name: 'element', meaning: 'Id of the element type'},
  {name: 'depthM', meaning: 'm below the ground or the water surface; empty: the series without depth'},
  {name: 'heightM', meaning: 'm above the ground; empty: none stated'},
  {name: 'instance', meaning: 'Which of several alike; empty: the only one'},
  {name: 'statistic', meaning: 'Of what the value is: a point in time, or mean, min, max … over the period'},
  {name: 'period', meaning: 'ISO 8601 duration that the value is over; empty: none'},
  {name: 'unit', meaning: 'UCUM code of the unit of result'},
];
const STORED: readonly ExportColumn[] = [
  {name: 'storedResult', meaning: 'The value as it came, before any revision'},
  {name: 'storedFlag', meaning: 'The flag that the value came with'},
  {name: 'storedFailed', meaning: 'Tests that the value did not pass when it came, with spaces'},
];
const TAIL: readonly ExportColumn[] = [
  {name: 'received', meaning: 'Arrival, UTC'},
  {name: 'late', meaning: 'true: a newer value of the series was there before it'},
  {name: 'timeSource', meaning: 'Whose clock phenomenonTime is of: device, network, or arrival'},
  {name: 'deviceStatus', meaning: "The device's own mark, a letter of HJ 212-2017; empty: none"},
];

type Shape = Pick<ExportPlan, 'layout' | 'values' | 'time' | 'streams'>;

function values({values: which, time}: Shape): ExportColumn[] {
  const of = which === 'stored' ? 'as it came, before any revision' : 'in force, after revisions';
  return [
    {
      name: 'phenomenonTime',
      meaning: `Time of the phenomenon (start of the period), ${time === 'utc' ? 'UTC' : 'local time with offset'}`,
    },
    {name: 'result', meaning: `Value ${of}; empty: the device said that it had none`},
    {name: 'flag', meaning: `QARTOD flag ${of}`},
    {name: 'failed', meaning: 'Tests that did not pass, with spaces'},
    {name: 'censored', meaning: '< or >: the true value is below or above result'},
    ...(which === 'both' ? STORED : []),
  ];
}

/** Columns of `long`, in order. */
export function longColumns(shape: Shape): ExportColumn[] {
  return [...KEY, ...values(shape), ...TAIL];
}

/** Columns of `wide`, in order: the time, then for each stream its value, its flag and, with `both`, the value as it came. */
export function wideColumns(shape: Shape): ExportColumn[] {
  const [time] = values(shape);
  return [
    time!,
    ...shape.streams.flatMap(({id, unit}) => [
      {name: `${id} (${unit})`, meaning: `Value of ${id}, ${unit}; empty: none at this time`},
      {name: `${id} flag`, meaning: `QARTOD flag of ${id}; empty: no row at this time`},
      ...(shape.values === 'both' ? [{name: `${id} stored (${unit})`, meaning: 'The same as it came'}] : []),
    ]),
  ];
}

/** Value and verdict that stand under `result` and `flag`. */
export function shownColumns(plan: Pick<ExportPlan, 'values'>, rows: RowColumns) {
  const asStored = plan.values === 'stored';
  return {value: asStored ? rows.storedValue! : rows.value, qc: asStored ? rows.storedQc! : rows.qc};
}
