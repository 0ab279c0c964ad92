import type {ComponentType} from 'preact';
import {addressed} from '../../state/address.ts';
import {d} from '../../text/data/index.ts';
import {useAsked, WhenAsked} from '../asked.tsx';
import {ReadingPage} from '../reading-page.tsx';
import {Views} from '../views.tsx';
import {DevicesView} from './devices-view.tsx';
import {DownloadView} from './download-view.tsx';
import {ElementsView} from './elements-view.tsx';
import {LettersView} from './letters-view.tsx';
import {QualityView} from './quality-view.tsx';
import {SeriesView} from './series-view.tsx';
import {readThings} from './site-things.ts';
import {StationsView} from './stations-view.tsx';
import {StorageView} from './storage-view.tsx';
import {type ViewId, type ViewProps, viewAddress} from './view.ts';

/** Parts of the page, in the order of their links; the first is shown when none is asked for. */
const VIEWS: Record<ViewId, ComponentType<ViewProps>> = {
  quality: QualityView,
  elements: ElementsView,
  stations: StationsView,
  devices: DevicesView,
  series: SeriesView,
  letters: LettersView,
  storage: StorageView,
  download: DownloadView,
};
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
      <h1 class="unseen">{`${d('title')}: ${d(`view.${view}`)}`}</h1>
      <Views
        label={d('view.nav')}
        views={VIEW_IDS.map((id) => ({
          href: viewAddress(id),
          word: d(`view.${id}`),
          current: id === view,
        }))}
      />
      <WhenAsked of={things}>{(known) => <View things={known} again={things.again} />}</WhenAsked>
    </ReadingPage>
  );
}
