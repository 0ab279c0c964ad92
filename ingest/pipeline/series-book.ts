import type {Datastream, Registry} from '#schemas';
import type {SeriesInfo} from '../registry/registry.ts';
import type {Series} from './message.ts';
import {SeriesState} from './series-state.ts';

const WIND = 'wind_speed';

/** All series that messages came for, by their integer, with who tells whom of calm wind. */
export class SeriesBook {
  private readonly registry: Registry & {seriesInfo(series: number): SeriesInfo | undefined};
  private readonly series = new Map<number, Series>();
  private readonly vanes = new Set<Series>();

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
      this.vanes.delete(gone);
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
    if (state.needsWind) {
      this.vanes.add(state);
      this.join(state, info.companion);
    }
    if (datastream.element === WIND) {
      for (const vane of this.vanes) {
        if (vane.wind === null && vane.datastream.station === datastream.station) {
          this.join(vane, this.registry.seriesInfo(vane.series)?.companion ?? null);
        }
      }
    }
    return state;
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
