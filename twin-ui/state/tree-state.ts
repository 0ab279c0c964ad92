import {computed, effect, signal} from '@preact/signals';
import {type Playback, type RunBody, readEtw, type SpeciesBody} from '#schemas';
import {bytesOf, get, getOne} from '../api/client.ts';
import {makeSceneClock} from '../clock/scene-clock.ts';
import type {CrownForm} from '../engine/ground-style.ts';
import {countTrees, lastYear, type TreeHistory, type TreeLook, treeHistory} from '../engine/tree-history.ts';
import {addressed} from './address.ts';

/** Trees that the scene shows: those of the site's archive, or, over its years, those of a run that the address names. */
export const askedRun = addressed('run');
const askedYear = addressed('year');

export const trees = signal<TreeHistory | null>(null);
export const run = signal<RunBody | null>(null);
export const treeError = signal<Error | null>(null);
/** The years of a run are being read: megabytes, on a phone some seconds. */
export const runComing = signal(false);
/** Whether a playback also shows crowns that are in no list of trees. */
export const illustratedOn = signal(false);

const MS_PER_YEAR = 365.2425 * 86_400_000;
/** Years that pass in a second of playback. */
const YEARS_PER_SECOND = 3;

// the playback has a clock of its own: its years pass while the sun stands where the reader put it
const clock = makeSceneClock(() => 0);
const clockYear = signal(0);
export const playing = signal(false);
clock.subscribe((timeMs) => {
  clockYear.value = timeMs / MS_PER_YEAR;
  playing.value = clock.mode() === 'playing';
});

/** Year that is shown; null: there is nothing to play. */
export const treeYear = computed(() => (run.value && trees.value ? clockYear.value : null));
export const playbackYears = computed(() =>
  run.value && trees.value ? {first: trees.value.firstYear, last: lastYear(trees.value)} : null,
);
export const treeCounts = computed(() =>
  trees.value && treeYear.value !== null ? countTrees(trees.value, Math.round(treeYear.value)) : null,
);
// the address keeps whole years, and none while they pass
effect(() => {
  if (treeYear.value !== null && !playing.value) askedYear.value = String(Math.round(treeYear.value));
});

export function showYear(year: number): void {
  const years = playbackYears.peek();
  if (years) clock.hold(Math.min(years.last, Math.max(years.first, year)) * MS_PER_YEAR);
}

/** Runs on from the year shown, from the first again when it stood at the end; or stops. */
export function togglePlay(): void {
  const years = playbackYears.peek();
  if (!years) return;
  if (playing.peek()) return showYear(Math.round(clockYear.peek()));
  if (clockYear.peek() >= years.last) clock.hold(years.first * MS_PER_YEAR);
  clock.play((YEARS_PER_SECOND * MS_PER_YEAR) / 1000);
  const tick = (nowMs: number) => {
    const range = playbackYears.peek();
    if (!range || !clock.advance(nowMs)) return;
    if (clockYear.peek() >= range.last) showYear(range.last);
    else requestAnimationFrame(tick);
  };
  requestAnimationFrame(tick);
}

/** Reads the trees of a site or of the run asked for. A site without an archive has none. */
export async function loadTrees(siteId: string): Promise<void> {
  treeError.value = null;
  const wanted = askedRun.peek();
  runComing.value = wanted !== null;
  try {
    const [playback, species, body] = await Promise.all([
      wanted === null
        ? archiveTrees(siteId)
        : bytesOf(`/runs/${encodeURIComponent(wanted)}/trees.bin`).then(readEtw),
      get('/species', {site: siteId}),
      wanted === null ? null : getOne<RunBody>(`/runs/${encodeURIComponent(wanted)}`),
    ]);
    if (wanted !== askedRun.peek()) return;
    const looks = new Map(species.items.map((one) => [one.id, lookOf(one)]));
    const history =
      playback && treeHistory(playback, (id) => looks.get(id) ?? {form: 'broadleaf', evergreen: false});
    const year = Number(askedYear.peek() ?? Number.NaN);
    trees.value = history;
    run.value = body;
    if (body) showYear(Number.isFinite(year) ? year : history!.firstYear);
  } catch (error) {
    treeError.value = error as Error;
  } finally {
    runComing.value = false;
  }
}

/** Leaves the run: the archive's trees stand again. */
export function leaveRun(siteId: string): void {
  playing.value = false;
  askedRun.value = null;
  askedYear.value = null;
  run.value = null;
  void loadTrees(siteId);
}

async function archiveTrees(site: string): Promise<Playback | null> {
  const playback = readEtw(await bytesOf('/trees.bin', {site}));
  return playback.ids.length === 0 ? null : playback;
}

/** Forms that types of growth are drawn with; others are broad-leaved trees. */
const FORM_OF_TYPE: Readonly<Record<string, CrownForm>> = {
  CON: 'conifer',
  TAX: 'conifer',
  BAM: 'bamboo',
  ORN: 'orchard',
};

function lookOf({type, evergreen}: SpeciesBody): TreeLook {
  return {form: FORM_OF_TYPE[type.id] ?? 'broadleaf', evergreen};
}
