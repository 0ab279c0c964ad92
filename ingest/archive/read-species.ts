import {type SpeciesTraits, TraitError, traitsFromRow} from '#model';
import {type ArchiveSpecies, createValidator, SpeciesId, type Validator} from '#schemas';
import {readTable, shown, type TableRow} from './table.ts';

const COLUMNS = ['species_id', 'scientific_name', 'family', 'chinese_name'] as const;
const MONTHS = /^(\d{1,2})(?:-(\d{1,2}))?$/;
const isId: Validator<string> = createValidator(SpeciesId);

function monthsOf(row: TableRow, cells: Record<string, string>): [number | null, number | null] {
  const cell = cells['flowering_months'] ?? '';
  if (cell === '') return [null, null];
  const found = MONTHS.exec(cell);
  const from = Number(found?.[1]);
  const to = Number(found?.[2] ?? found?.[1]);
  if (from >= 1 && from <= 12 && to >= 1 && to <= 12) return [from, to];
  throw row.fail('flowering_months', `months as 3-5 were expected, got ${shown(cell)}`);
}

/**
 * Species of a site: what each is, and the traits that growth follows from, in the same order.
 * @throws {EcoError} `site_invalid` with line and column.
 */
export async function readSpecies(
  text: string,
  where: string,
): Promise<{species: ArchiveSpecies[]; traits: SpeciesTraits[]}> {
  const species: ArchiveSpecies[] = [];
  const traits: SpeciesTraits[] = [];
  const ids = new Set<string>();
  await readTable({text, where, columns: COLUMNS}, (row) => {
    const id = row.text('species_id');
    if (!isId(id)) throw row.fail('species_id', `letters, digits, _ and - were expected, got ${shown(id)}`);
    if (ids.has(id)) throw row.fail('species_id', `${id} stands there twice`);
    ids.add(id);
    const cells = row.all();
    try {
      traits.push(traitsFromRow(cells));
    } catch (error) {
      if (error instanceof TraitError) throw row.fail('traits', error.message);
      throw error;
    }
    const [flowersFromMonth, flowersToMonth] = monthsOf(row, cells);
    species.push({
      id,
      scientificName: row.text('scientific_name'),
      authority: cells['authority'] ?? '',
      chineseName: cells['chinese_name'] ?? '',
      family: row.text('family'),
      origin:
        cells['origin'] === undefined ? 'unknown' : row.word('origin', ['native', 'introduced', 'unknown']),
      flowersFromMonth,
      flowersToMonth,
      feedsBirds: cells['nectar_or_fruit_for_birds'] === 'yes',
      relativeAbundance: row.number('relative_abundance', 0, 1) ?? 0,
      note: cells['source_note'] ?? '',
      fromInventory: false,
    });
  });
  return {species, traits};
}
