import type {RunIndicators} from '#schemas';

const cell = (value: number | null | undefined) => value ?? '';

/** Yearly indicators as CSV: a row a year, zone and indicator; shares of spread in the last year's row alone. */
export function indicatorsCsv({years, zones, indicators, values}: RunIndicators): string {
  const isDifference = zones.some(({id}) => Object.values(values[id]!).some(({difference}) => difference));
  const head = ['year', 'zone', 'indicator', 'unit', 'median', 'p05', 'p95', 'guessShare', 'guessShareError'];
  if (isDifference) head.push('differenceMedian', 'differenceP05', 'differenceP95');
  const rows = [head.join(',')];
  for (const [t, year] of years.entries()) {
    for (const zone of zones) {
      for (const {id, unit} of indicators) {
        const {median, p05, p95, spread, difference} = values[zone.id]![id]!;
        const isLast = t === years.length - 1;
        rows.push(
          [
            ...[year, zone.id, id, unit, cell(median[t]), cell(p05[t]), cell(p95[t])],
            ...[cell(isLast ? spread?.guess : null), cell(isLast ? spread?.error : null)],
            ...(difference
              ? [cell(difference.median[t]), cell(difference.p05[t]), cell(difference.p95[t])]
              : []),
          ].join(','),
        );
      }
    }
  }
  return `${rows.join('\r\n')}\r\n`;
}
