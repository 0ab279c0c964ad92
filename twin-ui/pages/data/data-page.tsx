import type {ComponentType} from 'preact';
import {addressed, addressOf, visit} from '../../state/address.ts';
import {type DataTextKey, d} from '../../text/data/index.ts';
import {useAsked, WhenAsked} from '../asked.tsx';
import {ReadingPage} from '../reading-page.tsx';
import {ElementsView} from './elements-view.tsx';
import {readThings, type Things} from './site-things.ts';

export type ViewProps = {things: Things; again: () => void};

/** Parts of the page, in the order of their links; the first is shown when none is asked for. */
const VIEWS = {elements: ElementsView} as const satisfies Record<string, ComponentType<ViewProps>>;
export type ViewId = keyof typeof VIEWS;
const VIEW_IDS = Object.keys(VIEWS) as ViewId[];
const asked = addressed('view');

/** What is measured here, by what, how good it is, and how to take it away. */
export function DataPage() {
  const things = useAsked(readThings, []);
  const view = VIEW_IDS.find((id) => id === asked.value) ?? VIEW_IDS[0]!;
  const View = VIEWS[view];
  return (
    <ReadingPage
      path="/data"
      title={`${d('title')}: ${d(`view.${view}`)}`}
      siteName={things.answer?.site.name ?? null}
    >
      <h1>{d('title')}</h1>
      <nav class="views" aria-label={d('view.nav')}>
        {VIEW_IDS.map((id) => (
          <ViewLink key={id} view={id} current={id === view} />
        ))}
      </nav>
      <WhenAsked of={things}>{(known) => <View things={known} again={things.again} />}</WhenAsked>
    </ReadingPage>
  );
}

/** Address of a part of this page. */
export function viewAddress(view: string, query: Readonly<Record<string, string | null>> = {}): string {
  return addressOf('/data', {view, ...query});
}

function ViewLink({view, current}: {view: ViewId; current: boolean}) {
  const href = viewAddress(view);
  return (
    <a
      href={href}
      aria-current={current ? 'page' : undefined}
      onClick={(event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
        event.preventDefault();
        visit(href);
      }}
    >
      {d(`view.${view}` satisfies DataTextKey)}
    </a>
  );
}
