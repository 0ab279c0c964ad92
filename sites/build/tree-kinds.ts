import {
  type CompleteTraits,
  completeTraits,
  type SpeciesParameters,
  speciesTable,
  traitsFromRow,
} from '#model';

/** A row of the species table, cells by column. */
export type SpeciesRow = Readonly<Record<string, string>>;
/** A species of the table with the parameters that follow from its traits. */
export type Kind = {id: string; abundance: number; traits: CompleteTraits; parameters: SpeciesParameters};

export function kindsOf(rows: readonly SpeciesRow[]): Kind[] {
  const traits = rows.map((row) => traitsFromRow(row));
  const parameters = speciesTable(traits);
  return rows.map((row, i) => ({
    id: row['species_id']!,
    abundance: Number(row['relative_abundance']),
    traits: completeTraits(traits[i]!, traits),
    parameters: parameters[i]!,
  }));
}
