import type {Archive} from '#ingest';
import {CARBON_FRACTION, crownRadiusM, EnuFrame, poolsOf, treeMassKg, treeParametersOf} from '#model';
import {channelByte, PLAYBACK_CHANNELS, type Playback, type Site} from '#schemas';

/** In the open, as trees of an archive are taken to have grown. */
const OPEN = 1;

/**
 * The trees of an archive as a playback of one step: what the page draws while no run is shown. Crown and carbon follow from diameter,
 * height and species; health is not known, and whole.
 */
export function archivePlayback({species, parameters, trees}: Archive, site: Site, year: number): Playback {
  const frame = new EnuFrame({...site.origin, heightM: 0});
  const growth = parameters.map(treeParametersOf);
  const order = Array.from({length: trees.count}, (_, i) => i).sort((a, b) => trees.id[a]! - trees.id[b]!);
  const places = order.map((i) =>
    frame.toEnu({longitudeDeg: trees.longitudeDeg[i]!, latitudeDeg: trees.latitudeDeg[i]!, heightM: 0}),
  );
  const channelValues = {
    height: (i: number) => trees.heightM[i]!,
    crown_radius: (i: number) =>
      crownRadiusM(
        {dbhCm: trees.dbhCm[i]!, heightM: trees.heightM[i]!, index: OPEN},
        growth[trees.species[i]!]!,
      ),
    health: () => 1,
    carbon: (i: number) =>
      CARBON_FRACTION.all *
      treeMassKg(poolsOf({dbhCm: trees.dbhCm[i]!, heightM: trees.heightM[i]!}, growth[trees.species[i]!]!)),
    dbh: (i: number) => trees.dbhCm[i]!,
  };
  return {
    text: {
      schemaVersion: 1,
      site: site.id,
      scenario: '',
      startTrees: trees.count,
      channels: PLAYBACK_CHANNELS,
      species: species.map(({id, scientificName}) => ({id, scientificName})),
    },
    firstYear: year,
    stepYears: 1,
    origin: site.origin,
    ids: Uint32Array.from(order, (i) => trees.id[i]!),
    xM: Float64Array.from(places, ({eastM}) => eastM),
    yM: Float64Array.from(places, ({northM}) => northM),
    zM: new Float64Array(order.length),
    species: Uint16Array.from(order, (i) => trees.species[i]!),
    steps: 1,
    channels: PLAYBACK_CHANNELS.map((channel) =>
      Uint8Array.from(order, (i) => {
        const byte = channelByte(channel, channelValues[channel.id](i));
        return channel.id === 'height' ? Math.max(1, byte) : byte;
      }),
    ),
  };
}
