import {createFieldCheck, EcoError, ResponseUnitFile, type ResponseUnitRow} from '#schemas';

const problemsOf = createFieldCheck(ResponseUnitFile);

/**
 * Rows of a site's table of response units, checked; without a table there are none. `zones`: ids of the site.
 * @throws {EcoError} `site_invalid` with every field that is wrong.
 */
export function readResponseUnits(
  value: unknown,
  where: string,
  zones: ReadonlySet<string>,
): ResponseUnitRow[] {
  if (value === null) return [];
  const problems = problemsOf(value);
  const fail = (messages: string[]) => new EcoError('site_invalid', `${where}: ${messages.join('; ')}`);
  if (problems.length > 0) throw fail(problems.map(({message}) => message));
  const {rows} = value as ResponseUnitFile;
  const wrong: string[] = [];
  const seen = new Set<string>();
  rows.forEach((row, k) => {
    if ((row.zone === undefined) === (row.kind === undefined))
      wrong.push(`/rows/${k} needs exactly one of zone and kind`);
    if (row.zone !== undefined && !zones.has(row.zone))
      wrong.push(`/rows/${k}/zone: ${row.zone} is no zone of the site`);
    const key = row.zone === undefined ? `kind ${row.kind}` : `zone ${row.zone}`;
    if (seen.has(key)) wrong.push(`/rows/${k}: ${key} stands there twice`);
    seen.add(key);
  });
  if (wrong.length > 0) throw fail(wrong);
  return rows;
}
