import type {StorageBody} from '#schemas';
import {get} from '../../api/client.ts';
import {d} from '../../text/data/index.ts';
import {bytesText, numberText, timeText} from '../../text/format.ts';
import {useAsked, WhenAsked} from '../asked.tsx';
import type {ViewProps} from './view.ts';

const MONTH_DAYS = 365.2425 / 12;
const LONGEST_SAID_YEARS = 100;

/** What the data take up, month by month, and how long the room left will do. */
export function StorageView({things}: ViewProps) {
  const asked = useAsked((stop) => get('/storage', {}, stop), []);
  return (
    <>
      <p class="lead">{d('storage.lead')}</p>
      <WhenAsked of={asked}>{(known) => <Storage of={known} timeZone={things.site.timeZone} />}</WhenAsked>
    </>
  );
}

function Storage({of, timeZone}: {of: StorageBody; timeZone: string}) {
  const rows = of.rows.recent + of.rows.closed;
  const bytes = of.bytes.recent + of.bytes.closed + of.bytes.frames;
  const used = of.disk.totalBytes - of.disk.freeBytes;
  const years = yearsLeft(of);
  return (
    <>
      <div class="tiles">
        <p class="tile-large">
          <strong>{numberText(rows, 0)}</strong>
          <span class="fine">{d('storage.rows')}</span>
        </p>
        <p class="tile-large">
          <strong>{bytesText(bytes)}</strong>
          <span class="fine">
            {of.rows.closed === 0
              ? d('storage.bytes')
              : d('storage.bytesEach', {bytes: numberText(of.bytes.closed / of.rows.closed, 1)})}
          </span>
        </p>
        <p class="tile-large">
          <strong>{of.oldest === null ? '—' : timeText(Date.parse(of.oldest), timeZone, 'day')}</strong>
          <span class="fine">{d('storage.oldest')}</span>
        </p>
        <p class="tile-large">
          <strong>{bytesText(of.disk.freeBytes)}</strong>
          <span class="fine">
            {years === null
              ? d('storage.free')
              : d(years > LONGEST_SAID_YEARS ? 'storage.freeLong' : 'storage.freeYears', {
                  years: numberText(Math.min(years, LONGEST_SAID_YEARS), years < 10 ? 1 : 0),
                })}
          </span>
        </p>
      </div>
      <div
        class="disk"
        role="img"
        aria-label={d('storage.diskOf', {
          used: bytesText(used),
          total: bytesText(of.disk.totalBytes),
          ours: bytesText(bytes),
        })}
      >
        <span class="disk-ours" style={{width: `${(100 * bytes) / of.disk.totalBytes}%`}} />
        <span
          class="disk-other"
          style={{width: `${(100 * Math.max(0, used - bytes)) / of.disk.totalBytes}%`}}
        />
      </div>
      <ul class="strip-legend">
        <li>
          <span class="key disk-ours" />
          {d('storage.ours', {bytes: bytesText(bytes)})}
        </li>
        <li>
          <span class="key disk-other" />
          {d('storage.others', {bytes: bytesText(Math.max(0, used - bytes))})}
        </li>
        <li>
          <span class="key disk-free" />
          {d('storage.freeOf', {free: bytesText(of.disk.freeBytes), total: bytesText(of.disk.totalBytes)})}
        </li>
      </ul>
      <div class="columns">
        <section>
          <h2>{d('storage.parts')}</h2>
          <table class="small">
            <caption>{d('storage.parts')}</caption>
            <thead>
              <tr>
                <th scope="col">{d('storage.part')}</th>
                <th scope="col" class="number">
                  {d('storage.rowsHead')}
                </th>
                <th scope="col" class="number">
                  {d('storage.bytesHead')}
                </th>
              </tr>
            </thead>
            <tbody>
              {(
                [
                  ['storage.recent', of.rows.recent, of.bytes.recent],
                  ['storage.closed', of.rows.closed, of.bytes.closed],
                  ['storage.frames', null, of.bytes.frames],
                ] as const
              ).map(([word, n, size]) => (
                <tr key={word}>
                  <th scope="row">{d(word)}</th>
                  <td class="number" data-head={d('storage.rowsHead')}>
                    {n === null ? '—' : numberText(n, 0)}
                  </td>
                  <td class="number" data-head={d('storage.bytesHead')}>
                    {bytesText(size)}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
        <section>
          <h2>{d('storage.months')}</h2>
          {of.months.length === 0 ? <p class="empty">{d('storage.noMonths')}</p> : <Months of={of} />}
        </section>
      </div>
    </>
  );
}

function Months({of}: {of: StorageBody}) {
  const most = Math.max(...of.months.map(({bytes}) => bytes));
  return (
    <ul class="bars months">
      {[...of.months].reverse().map(({month, rows, bytes}) => (
        <li key={month}>
          <span>{month}</span>
          <span class="bar-track">
            <span class="bar-fill" style={{width: `${Math.max(0.5, (100 * bytes) / most)}%`}} />
          </span>
          <span class="bar-number">
            {bytesText(bytes)} <span class="fine">{d('storage.rowsOf', {rows: numberText(rows, 0)})}</span>
          </span>
        </li>
      ))}
    </ul>
  );
}

/** How long the free room does at the pace of the fullest month; null before one is there. */
function yearsLeft({months, disk}: StorageBody): number | null {
  const fullest = Math.max(0, ...months.map(({bytes}) => bytes));
  return fullest === 0 ? null : ((disk.freeBytes / fullest) * MONTH_DAYS) / 365.2425;
}
