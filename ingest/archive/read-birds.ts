import type {ArchiveBird} from '#schemas';
import {readTable} from './table.ts';

const COLUMNS = [
  'species_id',
  'scientific_name',
  'chinese_name',
  'english_name',
  'order',
  'family',
  'residency',
] as const;

/** Birds of a site. @throws {EcoError} `site_invalid` with line and column. */
export async function readBirds(text: string, where: string): Promise<ArchiveBird[]> {
  const birds: ArchiveBird[] = [];
  const ids = new Set<string>();
  await readTable({text, where, columns: COLUMNS}, (row) => {
    const id = row.text('species_id');
    if (ids.has(id)) throw row.fail('species_id', `${id} stands there twice`);
    ids.add(id);
    const cells = row.all();
    birds.push({
      id,
      scientificName: row.text('scientific_name'),
      name: {en: row.text('english_name'), zh: row.text('chinese_name')},
      order: row.text('order'),
      family: row.text('family'),
      residency: row.word('residency', ['resident', 'summer', 'winter', 'passage']),
      protection:
        cells['china_protection'] === undefined ? 'none' : row.word('china_protection', ['I', 'II', 'none']),
      iucn: cells['iucn'] ?? '',
      feedingGuild: cells['feeding_guild'] ?? '',
      habitats: (cells['habitat'] ?? '').split(';').filter((one) => one !== ''),
      bodyMassG: row.number('body_mass_g', 0.1, 200_000),
      detectionRate: row.number('typical_detection_rate', 0, 1),
      dawnChorus: cells['dawn_chorus'] === 'yes',
      note: cells['source_note'] ?? '',
    });
  });
  return birds;
}
