import {useState} from 'preact/hooks';
import {type IndicatorId, type IndicatorValues, RUN_TABLES, type RunBody} from '#schemas';
import {numberText, unitText} from '../../text/format.ts';
import {named} from '../../text/index.ts';
import {type LabTextKey, l} from '../../text/lab/index.ts';
import {useAsked, WhenAsked} from '../asked.tsx';
import {ScrollRegion} from '../scroll-region.tsx';
import {BandPlot} from './band-plot.tsx';
import {otherRun, type Results, readResults, runs, shownRun, shownZone} from './lab-data.ts';
import {runName} from './run-list.tsx';

const WHOLE = 'island';
/** What most readers ask first. */
const MAIN: readonly IndicatorId[] = [
  'carbon_total_t',
  'net_uptake_tco2_per_year',
  'basal_area_m2_per_ha',
  'stems_per_ha',
  'dominant_height_m',
  'shannon',
  'transpiration_mm',
  'cost_cny',
];

export function ResultsView() {
  const done = runs.value.filter(({state}) => state === 'done');
  const run = done.find(({id}) => id === shownRun.value);
  return (
    <section class="results" aria-label={l('results.title')}>
      <h2>{l('results.title')}</h2>
      {run ? (
        <RunResults key={run.id} run={run} others={done.filter((other) => isPaired(run, other))} />
      ) : (
        <p class="empty">{l('results.choose')}</p>
      )}
    </section>
  );
}

/** Runs are compared member by member: they need the same years, weather and luck. */
function isPaired(run: RunBody, {id, seed, years}: RunBody): boolean {
  return id !== run.id && seed === run.seed && years[0] === run.years[0] && years[1] === run.years[1];
}

function RunResults({run, others}: {run: RunBody; others: RunBody[]}) {
  const against = others.find(({id}) => id === otherRun.value) ?? null;
  const results = useAsked(
    (signal) => readResults(run.id, against?.id ?? null, signal),
    [run.id, against?.id],
  );
  const [all, setAll] = useState(false);
  const [asTable, setAsTable] = useState(false);
  return (
    <>
      <div class="choose">
        <span class="key own">{runName(run)}</span>
        <label>
          {l('run.against')}
          <select
            value={against?.id ?? ''}
            onChange={(event) => (otherRun.value = event.currentTarget.value || null)}
          >
            <option value="">{l('run.against.none')}</option>
            {others.map((other) => (
              <option key={other.id} value={other.id}>
                {`${runName(other)} · ${other.years[0]}–${other.years[1]} · ${other.members} · ${other.seed}`}
              </option>
            ))}
          </select>
        </label>
        {against && <span class="key other">{runName(against)}</span>}
      </div>
      <WhenAsked of={results}>
        {(answer) => (
          <>
            <div class="choose">
              <label>
                {l('results.zone')}
                <select
                  value={shownZone.value ?? WHOLE}
                  onChange={(event) =>
                    (shownZone.value = event.currentTarget.value === WHOLE ? null : event.currentTarget.value)
                  }
                >
                  {answer.own.zones.map(({id, name}) => (
                    <option key={id} value={id}>
                      {id === WHOLE ? l('results.zone.all') : named(name)}
                    </option>
                  ))}
                </select>
              </label>
              <span class="fine">
                {answer.own.members > 1 ? l('results.band', {members: answer.own.members}) : l('results.one')}
              </span>
              <span class="spread" />
              <button type="button" class="quiet" aria-pressed={asTable} onClick={() => setAsTable(!asTable)}>
                {l(asTable ? 'results.charts' : 'results.table')}
              </button>
              <button type="button" class="quiet" aria-pressed={all} onClick={() => setAll(!all)}>
                {l(all ? 'results.fewer' : 'results.more')}
              </button>
            </div>
            <Indicators results={answer} all={all} asTable={asTable} />
            <Events results={answer} />
            <Tables run={run.id} />
          </>
        )}
      </WhenAsked>
    </>
  );
}

function Indicators({results, all, asTable}: {results: Results; all: boolean; asTable: boolean}) {
  const {own, other} = results;
  const [at, setAt] = useState<number | null>(null);
  const zone = own.zones.some(({id}) => id === shownZone.value) ? shownZone.value! : WHOLE;
  const values = own.values[zone]!;
  const others = other?.values[zone];
  const shown = own.indicators.filter(({id}) => values[id] && (all || MAIN.includes(id)));
  const index = at ?? own.years.length - 1;
  return (
    <>
      <p class="year-shown" aria-live="polite">
        {l('results.year', {year: own.years[index]!})}
      </p>
      <div class={asTable ? 'indicator-tables' : 'indicators'}>
        {shown.map(({id, name, unit}) => (
          <article key={id} class="indicator card">
            <h3>{named(name)}</h3>
            <Headline
              value={values[id]!}
              unit={unitText(unit)}
              at={index}
              members={own.members}
              last={index === own.years.length - 1}
            />
            {asTable ? (
              <BandTable name={named(name)} years={own.years} value={values[id]!} />
            ) : (
              <BandPlot
                years={own.years}
                own={values[id]!}
                other={others?.[id] ?? null}
                label={l('results.chart', {name: named(name), unit: unitText(unit)})}
                onYear={setAt}
              />
            )}
          </article>
        ))}
      </div>
    </>
  );
}

const text = (value: number | null | undefined) =>
  value === null || value === undefined ? '—' : numberText(value);

/** Value of a year with its interval; how much of the spread is guesses; what the total is made of. */
function Headline({
  value,
  unit,
  at,
  members,
  last,
}: {
  value: IndicatorValues;
  unit: string;
  at: number;
  members: number;
  last: boolean;
}) {
  const {parts, difference, guessShare} = value;
  const percent = (share: number | null | undefined) =>
    share === null || share === undefined ? '—' : Math.round(100 * share);
  return (
    <>
      <p class="headline">
        <strong>{text(value.median[at])}</strong> {unit}
        {members > 1 && (
          <span class="fine">
            {' '}
            {text(value.p05[at])} … {text(value.p95[at])}
          </span>
        )}
      </p>
      {difference && (
        <p class="difference">
          {l('results.difference', {
            median: text(difference.median[at]),
            low: text(difference.p05[at]),
            high: text(difference.p95[at]),
          })}
        </p>
      )}
      {members > 1 && last && (
        <p class="fine">
          {guessShare === undefined
            ? l('results.guess.unknown')
            : l('results.guess', {percent: Math.round(100 * guessShare)})}
        </p>
      )}
      {parts && (
        <p class="fine parts">
          {l('results.parts', {
            archive: percent(parts.archive[at]),
            fresh: percent(parts['new-trees'][at]),
            cohorts: percent(parts.cohorts[at]),
            ground: percent(parts.ground[at]),
          })}
        </p>
      )}
    </>
  );
}

function BandTable({name, years, value}: {name: string; years: readonly number[]; value: IndicatorValues}) {
  return (
    <ScrollRegion class="table-scroll" label={name}>
      <table>
        <thead>
          <tr>
            {(['table.year', 'table.median', 'table.low', 'table.high'] as const).map((key) => (
              <th key={key} scope="col">
                {l(key)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {years.map((year, i) => (
            <tr key={year}>
              <th scope="row">{year}</th>
              <td>{text(value.median[i])}</td>
              <td>{text(value.p05[i])}</td>
              <td>{text(value.p95[i])}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollRegion>
  );
}

const word = (what: string) => {
  const key = `event.${what}` as LabTextKey;
  return l(key) ?? what;
};

function Events({results: {events}}: {results: Results}) {
  return (
    <section aria-label={l('events.title')}>
      <h2>{l('events.title')}</h2>
      {events.length === 0 ? (
        <p class="hint">{l('events.none')}</p>
      ) : (
        <ScrollRegion class="table-scroll" label={l('events.title')}>
          <table>
            <thead>
              <tr>
                {(['event.date', 'event.what', 'event.amount', 'event.cost'] as const).map((key) => (
                  <th key={key} scope="col">
                    {l(key)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {events.map((event) => (
                <tr key={`${event.year}-${event.month}-${event.operation}`}>
                  <td>{`${event.year}-${String(event.month).padStart(2, '0')}`}</td>
                  <td>
                    {word(event.what)}
                    {event.kind === 'skipped' && (
                      <span class="under problem">
                        {l('events.skipped')}: {event.message ?? event.reason}
                      </span>
                    )}
                  </td>
                  <td>{text(event.amount)}</td>
                  <td>{text(event.costCny)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </ScrollRegion>
      )}
    </section>
  );
}

function Tables({run}: {run: string}) {
  const file = (path: string) => `/api/v1/runs/${encodeURIComponent(run)}/${path}`;
  return (
    <section aria-label={l('tables.title')}>
      <h2>{l('tables.title')}</h2>
      <p class="hint">{l('tables.hint')}</p>
      <ul class="downloads">
        {RUN_TABLES.map((table) => (
          <li key={table}>
            {l(`table.${table}`)}{' '}
            <a href={file(`tables/${table}?format=csv`)} download={`${table}.csv`}>
              CSV
            </a>{' '}
            <a href={file(`tables/${table}?format=parquet`)} download={`${table}.parquet`}>
              Parquet
            </a>
          </li>
        ))}
        <li>
          <a href={file('manifest')} download="manifest.json">
            {l('tables.manifest')}
          </a>
        </li>
      </ul>
    </section>
  );
}
