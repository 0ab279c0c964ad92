import type {ComponentType} from 'preact';
import type {ElementBody, MapBody, SiteBody} from '#schemas';
import {get} from '../../api/client.ts';
import {addressed, addressOf, askedSite} from '../../state/address.ts';
import {c} from '../../text/connect/index.ts';
import {useAsked, WhenAsked} from '../asked.tsx';
import {ReadingPage} from '../reading-page.tsx';
import {Views} from '../views.tsx';
import {BridgesView} from './bridges-view.tsx';
import {PasteView} from './paste-view.tsx';
import {WaitingView} from './waiting-view.tsx';

/** What the parts of the page share. */
export type Known = {
  site: SiteBody;
  elements: ReadonlyMap<string, ElementBody>;
  maps: readonly MapBody[];
  /** Map files that were refused, and why. */
  mapProblems: readonly {file: string; message: string}[];
};
export type ConnectViewProps = {known: Known; again: () => void};

const VIEWS = {paste: PasteView, waiting: WaitingView, bridges: BridgesView} as const satisfies Record<
  string,
  ComponentType<ConnectViewProps>
>;
const VIEW_IDS = Object.keys(VIEWS) as (keyof typeof VIEWS)[];
const asked = addressed('view');

async function readKnown(stop: AbortSignal): Promise<Known> {
  const [sites, elements, maps] = await Promise.all([
    get('/sites', {}, stop),
    get('/elements', {}, stop),
    get('/maps', {}, stop),
  ]);
  const site = sites.items.find(({id}) => id === askedSite) ?? sites.items[0];
  if (!site) throw new Error('no site is served');
  return {
    site,
    elements: new Map(elements.items.map((element) => [element.id, element])),
    maps: maps.items,
    mapProblems: maps.problems,
  };
}

/** How foreign networks come in: what a map makes of a payload, who waits to be let in, and bridges. */
export function ConnectPage() {
  const known = useAsked(readKnown, []);
  const view = VIEW_IDS.find((id) => id === asked.value) ?? VIEW_IDS[0]!;
  const View = VIEWS[view];
  return (
    <ReadingPage
      path="/data/connect"
      title={`${c('title')}: ${c(`view.${view}`)}`}
      siteName={known.answer?.site.name ?? null}
    >
      <h1 class="unseen">{`${c('title')}: ${c(`view.${view}`)}`}</h1>
      <Views
        label={c('view.nav')}
        views={VIEW_IDS.map((id) => ({
          href: addressOf('/data/connect', {view: id}),
          word: c(`view.${id}`),
          current: id === view,
        }))}
      />
      <WhenAsked of={known}>{(answer) => <View known={answer} again={known.again} />}</WhenAsked>
    </ReadingPage>
  );
}
