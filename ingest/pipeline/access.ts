import type {InputErrorCode, Principal} from '#schemas';
import {hookTopic} from '../map/hook-topic.ts';
import {type MapBook, matchesTopic} from '../map/map-book.ts';
import {speaksFor, type Topic} from './topics.ts';

export type Refusal = {code: InputErrorCode; message: string};

/** What a principal may say on a topic: `null` if it may, else why not. Whatever is not named here is refused. */
export function publishRefusal(principal: Principal, topic: Topic, maps: MapBook): Refusal | null {
  switch (topic.kind) {
    case 'invalid':
      return {code: 'topic_invalid', message: topic.reason};
    case 'up':
    case 'state':
      if (speaksFor(principal, topic.site, topic.device)) return null;
      return {code: 'topic_forbidden', message: `${principal.username} may not publish for ${topic.device}`};
    case 'cmd':
      return {code: 'topic_forbidden', message: 'commands are published by the product alone'};
    case 'foreign': {
      if (principal.kind !== 'bridge' || principal.map === null) {
        return {
          code: 'topic_forbidden',
          message: `${principal.username} publishes to eco/v1/${principal.site}/{device}/up; other topics need a map`,
        };
      }
      const map = maps.get(principal.map);
      if (!map) return {code: 'map_missing', message: `no map ${principal.map} for ${principal.username}`};
      // What comes to the bridge's own route has no topic of the network's, unless the caller names one.
      if (topic.name === hookTopic(principal.username)) return null;
      if (map.topic !== undefined && !matchesTopic(map.topic, topic.name)) {
        return {code: 'topic_forbidden', message: `map ${map.id} answers for ${map.topic}`};
      }
      return null;
    }
  }
}

/** Whether a principal may subscribe to a filter: a device to its own commands, nobody to anything else. */
export function maySubscribe(principal: Principal, topic: Topic): boolean {
  return (
    topic.kind === 'cmd' &&
    principal.kind === 'device' &&
    principal.site === topic.site &&
    principal.device === topic.device
  );
}
