/** A worker that consumes an external broker into a store: killed and started again by gateway-upstream.test.ts. */
import {openEmbeddedStore, type SeriesInfo, startSubscriber} from '#ingest';
import {createWorld, device} from '../../ingest/pipeline/world.ts';

const [folder, url, ...devices] = process.argv.slice(2) as [string, string, ...string[]];
let info: ((series: number) => SeriesInfo | undefined) | undefined;
const store = await openEmbeddedStore({folder, seriesInfo: (series) => info?.(series)});
const world = await createWorld({store, devices: devices.map((id) => device(id))});
info = world.registry.seriesInfo;
const {pipeline, registry, health, maps} = world;
const subscriber = await startSubscriber({url, pipeline, registry, health, maps, receiveMaximum: 200});
const waiting = setInterval(() => {
  if (!subscriber.stats().connected) return;
  clearInterval(waiting);
  process.send!('connected');
}, 5);

process.on('message', () => {
  void (async () => {
    await subscriber.close();
    world.close();
    await store.close();
    process.disconnect();
  })();
});
