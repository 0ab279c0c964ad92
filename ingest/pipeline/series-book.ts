import type {Datastream, Registry} from '#schemas';
import type {SeriesInfo} from '../store/index.ts';
import type {Series} from './message.ts';
import {SeriesState} from './series-state.ts';

const WIND = 'wind_speed';

/** All series that messages came for, by their integer, with who tells whom of calm wind. */
export class SeriesBook {
  private readonly registry: Registry & {seriesInfo(series: number): SeriesInfo | undefined};
  private readonly series = new Map<number, Series>();

  constructor(registry: Registry & {seriesInfo(series: number): SeriesInfo | undefined}) {
    this.registry = registry;
  }

  seriesOf(datastream: Datastream): Series {
    const known = this.series.get(datastream.series);
    if (known !== undefined && known.limits === this.registry.limits(datastream.series)) return known;
    return this.open(datastream);
  }

  forget(series: readonly number[]): void {
    for (const one of series) {
      const gone = this.series.get(one);
      if (gone === undefined) continue;
      this.series.delete(one);
      for (const vane of gone.vanes) vane.wind = null;
      if (gone.wind) gone.wind.vanes.splice(gone.wind.vanes.indexOf(gone), 1);
    }
  }

  private open(datastream: Datastream): Series {
    const info = this.registry.seriesInfo(datastream.series)!;
    const element = this.registry.element(datastream.element)!;
    this.forget([datastream.series]);
    const state: Series = new SeriesState(datastream, element, info.limits, info);
    this.series.set(datastream.series, state);
    if (state.needsWind) this.join(state, info.companion);
    // Also vanes that nothing came for since the start: rows of theirs may wait for this wind.
    if (datastream.element === WIND)
      for (const vane of this.vanesAt(datastream)) this.join(vane, state.series);
    return state;
  }

  private vanesAt({station, series}: Datastream): Series[] {
    return this.registry
      .datastreams({station})
      .filter((other) => this.registry.seriesInfo(other.series)?.limits.flatLine?.unless === 'calm')
      .filter((other) => this.registry.seriesInfo(other.series)!.companion === series)
      .map((other) => this.seriesOf(other));
  }

  private join(vane: Series, wind: number | null): void {
    const datastream = wind === null ? undefined : this.registry.datastreamBySeries(wind);
    if (datastream === undefined) return;
    const state = this.series.get(datastream.series) ?? this.open(datastream);
    if (vane.wind === state) return;
    vane.wind = state;
    state.vanes.push(vane);
  }
}
