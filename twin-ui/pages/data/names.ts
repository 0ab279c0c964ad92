import type {DatastreamBody} from '#schemas';
import {named, type TextKey, t} from '../../text/index.ts';
import type {Things} from './site-things.ts';

const STATISTICS = ['mean', 'min', 'max', 'sum', 'sd'];

/** What of a series tells it from others of its element and station: depth, height, instance, statistic and period. */
export function seriesDetail(stream: DatastreamBody): string {
  const {depthM, heightM, instance, statistic, period} = stream;
  return [
    depthM === null ? null : t('value.depth', {depth: depthM}),
    heightM === null ? null : t('value.height', {height: heightM}),
    instance,
    statistic === 'point'
      ? null
      : `${STATISTICS.includes(statistic) ? t(`stat.${statistic}` as TextKey) : statistic}${period === null ? '' : ` ${period.replace(/^PT?/, '').toLowerCase()}`}`,
  ]
    .filter((part) => part !== null)
    .join(' · ');
}

export function elementName(things: Things, element: string): string {
  const known = things.elements.get(element);
  return known ? named(known.name) : element;
}

export function stationName(things: Things, station: string): string {
  const known = things.stations.get(station);
  return known ? named(known.name) : station;
}

export function zoneName(things: Things, zone: string | null): string {
  if (zone === null) return '—';
  const known = things.zones.get(zone);
  return known ? named(known.properties.name) : zone;
}

/** Words that find a series. */
export function seriesWords(things: Things, stream: DatastreamBody): string {
  const element = things.elements.get(stream.element)?.name;
  const station = things.stations.get(stream.station)?.name;
  return [stream.id, stream.device, element?.en, element?.zh, station?.en, station?.zh].join(' ');
}
