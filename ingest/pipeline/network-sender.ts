import type {Principal, ReadingMap, Registry} from '#schemas';
import type {MapBook} from '../map/map-book.ts';
import {readTopic} from './topics.ts';

/** The bridge that a network is whose messages came by an external broker: the map that reads them, under its name. */
export function networkOf(map: ReadingMap, registry: Pick<Registry, 'sites'>): Principal {
  return {
    kind: 'bridge',
    username: map.bridge ?? map.id,
    site: registry.sites()[0]?.site.id ?? '',
    devices: null,
    devicePrefix: null,
    map: map.id,
  };
}

/**
 * Who speaks on a topic of an external broker, which knows its own users: a topic of ours speaks for its device, a foreign
 * one belongs to the map whose filter it matches. null: nobody.
 */
export function senderByTopic(
  topic: string,
  {registry, maps}: {registry: Pick<Registry, 'sites'>; maps: Pick<MapBook, 'forTopic'>},
): Principal | null {
  const read = readTopic(topic);
  if (read.kind === 'up' || read.kind === 'state' || read.kind === 'cmd') {
    return {kind: 'device', username: read.device, site: read.site, device: read.device};
  }
  const map = maps.forTopic(topic);
  return map ? networkOf(map, registry) : null;
}
