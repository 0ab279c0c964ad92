import type {ElementBody} from '#schemas';
import {addressOf} from '../../state/address.ts';
import {d} from '../../text/data/index.ts';
import {durationText, numberText, unitText} from '../../text/format.ts';
import {named} from '../../text/index.ts';
import {HereLink} from '../views.tsx';
import {type Column, Table} from './table.tsx';
import {type ViewProps, viewAddress} from './view.ts';

/** The catalogue: what can be measured, in which unit, within which limits, and how many series do. */
export function ElementsView({things}: ViewProps) {
  const rows = [...things.elements.values()];
  const series = new Map<string, number>();
  for (const {element} of things.datastreams.values()) series.set(element, (series.get(element) ?? 0) + 1);
  const categoryOf = (element: ElementBody) => things.categories.find(({id}) => id === element.category);
  const columns: Column<ElementBody>[] = [
    {
      id: 'name',
      head: d('element.name'),
      sortBy: (element) => named(element.name),
      cell: (element) => (
        <>
          <strong>{named(element.name)}</strong>{' '}
          {!element.core && <span class="badge">{d('element.own')}</span>}
          <code class="under">{element.id}</code>
        </>
      ),
    },
    {
      id: 'category',
      head: d('element.category'),
      sortBy: (element) => things.categories.findIndex(({id}) => id === element.category),
      cell: (element) => {
        const category = categoryOf(element);
        return (
          <span class="category-name">
            <span class="swatch" style={{background: category?.colour}} />
            {category ? named(category.name) : element.category}
          </span>
        );
      },
    },
    {id: 'unit', head: d('element.unit'), cell: (element) => unitText(element.unit) || '1'},
    {id: 'limits', head: d('element.limits'), number: true, cell: ({hardRange}) => rangeText(hardRange)},
    {id: 'usual', head: d('element.usual'), number: true, cell: ({usualRange}) => rangeText(usualRange)},
    {
      id: 'interval',
      head: d('element.interval'),
      number: true,
      sortBy: (element) => element.intervalS,
      cell: ({intervalS}) => (intervalS === null ? '—' : durationText(intervalS * 1000)),
    },
    {
      id: 'series',
      head: d('element.series'),
      number: true,
      sortBy: (element) => series.get(element.id) ?? 0,
      cell: (element) => {
        const n = series.get(element.id) ?? 0;
        if (n === 0) return '0';
        return (
          <HereLink
            class="link"
            href={viewAddress('series', {element: element.id})}
            label={d('element.seriesOf', {count: numberText(n, 0), element: named(element.name)})}
          >
            {numberText(n, 0)}
          </HereLink>
        );
      },
    },
    {
      id: 'twin',
      head: d('show.twin'),
      cell: (element) =>
        series.has(element.id) ? (
          <a
            class="link"
            href={addressOf('/', {element: element.id})}
            aria-label={d('show.twinOf', {what: named(element.name)})}
          >
            {d('show.map')}
          </a>
        ) : (
          '—'
        ),
    },
  ];
  const own = rows.filter(({core}) => !core).length;
  return (
    <>
      <p class="lead">
        {d('element.lead', {core: rows.length - own, categories: things.categories.length, own})}
      </p>
      <Table
        caption={d('view.elements')}
        rows={rows}
        columns={columns}
        keyOf={({id}) => id}
        wordsOf={(element) =>
          [
            element.id,
            element.name.en,
            element.name.zh,
            element.unit,
            categoryOf(element)?.name.en,
            categoryOf(element)?.name.zh,
          ].join(' ')
        }
        pageRows={100}
      />
    </>
  );
}

function rangeText(range: readonly [number, number] | null): string {
  return range === null ? '—' : `${numberText(range[0])} … ${numberText(range[1])}`;
}
