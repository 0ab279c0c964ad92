import {d} from '../../text/data/index.ts';
import {percentText, timeText} from '../../text/format.ts';
import {
  markedFraction,
  type Quality,
  type QualityItem,
  STEPS,
  stepOf,
  thereFraction,
  weekOf,
} from './quality-counts.ts';

const HEIGHT = 26;
const WIDTH = 10;
/** What is there of a week is never drawn so low that it cannot be seen. */
const LEAST = 4;

/**
 * Quality of a series week by week: colour is the share of rows that a test marked, height the share of the rows due
 * that are there. Said in words by `label`.
 */
export function QualityStrip({item, quality, label}: {item: QualityItem; quality: Quality; label: string}) {
  const weeks = item.rows.length;
  return (
    <svg
      class="strip"
      viewBox={`0 0 ${weeks * WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={label}
    >
      {item.rows.map((_, week) => {
        const tally = weekOf(item, week);
        const marked = markedFraction(tally);
        const there = thereFraction(tally);
        const due = tally.rows > 0 || (tally.expected ?? 0) > 0;
        const height = marked === null ? HEIGHT : Math.max(LEAST, HEIGHT * (there ?? 1));
        return (
          <g key={quality.weeks[week]!.from}>
            <rect class="step-track" x={week * WIDTH} y={0} width={WIDTH - 1} height={HEIGHT} />
            {due && (
              <rect
                class={`step-${stepOf(marked)}`}
                x={week * WIDTH}
                y={HEIGHT - height}
                width={WIDTH - 1}
                height={height}
              >
                <title>
                  {d('quality.week', {
                    week: timeText(Date.parse(quality.weeks[week]!.from), quality.timeZone, 'day'),
                    marked: marked === null ? '—' : percentText(marked),
                    there: there === null ? '—' : percentText(there),
                  })}
                </title>
              </rect>
            )}
          </g>
        );
      })}
    </svg>
  );
}

/** What colours and heights mean. */
export function StripLegend() {
  return (
    <ul class="strip-legend" aria-label={d('quality.legend')}>
      <li class="fine">{d('quality.legendMarked')}</li>
      {STEPS.map(({id, upTo}, i) => (
        <li key={id}>
          <span class={`key step-${id}`} />
          {i === 0
            ? d('quality.none')
            : upTo === 1
              ? d('quality.more')
              : d('quality.upTo', {share: percentText(upTo, 0)})}
        </li>
      ))}
      <li>
        <span class="key step-none" />
        {d('quality.nothing')}
      </li>
      <li class="fine">{d('quality.legendHeight')}</li>
    </ul>
  );
}

/** Months over the strips, so that a week can be told. */
export function StripAxis({quality}: {quality: Quality}) {
  const months = quality.weeks.map(({from}) => monthOf(from, quality.timeZone));
  const starts = months.flatMap((month, week) =>
    week === 0 || month !== months[week - 1] ? [{month, week}] : [],
  );
  // A month that begins too close before the next one has no room for its name.
  const least = Math.max(2, Math.ceil(quality.weeks.length / 14));
  const next = (i: number) => starts[i + 1]?.week ?? quality.weeks.length + least;
  return (
    <div class={`strip-axis ${quality.weeks.length > 26 ? 'long' : ''}`} aria-hidden="true">
      {starts
        .filter(({week}, i) => next(i) - week >= least)
        .map(({month, week}) => (
          <span key={week} style={{left: `${(100 * week) / quality.weeks.length}%`}}>
            {month}
          </span>
        ))}
    </div>
  );
}

function monthOf(time: string, timeZone: string): string {
  return timeText(Date.parse(time), timeZone, 'month');
}
