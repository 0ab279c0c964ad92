import type {ArchiveSpecies} from '#schemas';
import {FAMILY_OF_GENUS, SPECIES_SYNONYMS} from './species-synonyms.ts';

/** What a name of an inventory was found to be. */
export type FoundSpecies =
  | {kind: 'known'; id: string; by: 'name' | 'synonym' | 'chinese'}
  /** Not in the site's table: parameters follow from relatives. */
  | {kind: 'new'; id: string; scientificName: string; family: string; from: string};

const CHINESE = /\p{Script=Han}/u;
const GENUS = /^[A-Z][a-z]{2,}$/;
const EPITHET = /^[a-z][a-z-]{2,}$/;

/**
 * Genus and epithet of a Latin name as people write it: without authors, hybrid signs, `cf.` and `aff.`, rank and what follows it.
 * `epithet` is null for a genus alone (`Salix sp.`, a cultivar). Null: this is no Latin name.
 */
export function latinNameOf(text: string): {genus: string; epithet: string | null} | null {
  const plain = text
    .normalize('NFKC')
    .replaceAll(/[?"“”]/g, ' ')
    .replaceAll(/\([^)]*\)/g, ' ');
  const words = plain
    .replaceAll(/[×✕]/g, ' ')
    .replaceAll('_', ' ')
    .split(/\s+/)
    .filter((word) => word !== '' && !/^(?:x|cf\.?|aff\.?|nothosp\.?)$/i.test(word));
  const [first, second] = words;
  if (first === undefined) return null;
  const shouting = plain.toUpperCase() === plain || first === first.toLowerCase();
  const genus = first.charAt(0).toUpperCase() + first.slice(1).toLowerCase();
  if (!GENUS.test(genus)) return null;
  if (second === undefined) return {genus, epithet: null};
  if (/^(?:sp|spp)\.?$/i.test(second) || /^['‘’]/.test(second)) return {genus, epithet: null};
  const epithet = shouting ? second.toLowerCase() : second;
  // an author or a family stands where the epithet should
  if (!EPITHET.test(epithet)) return /^[A-Z]/.test(epithet) ? {genus, epithet: null} : null;
  return {genus, epithet};
}

const chineseOf = (text: string) =>
  text
    .normalize('NFKC')
    .replaceAll(/\([^)]*\)|（[^）]*）/g, '')
    .replaceAll(/\s+/g, '');

/**
 * Finds species of a site's table by Latin names (authors, ×, cf., synonyms) and by Chinese ones, in the order that they are
 * given; a Latin name outside the table is a new species if the table has its genus or family.
 */
export function createSpeciesFinder(
  species: readonly ArchiveSpecies[],
): (names: readonly string[], family?: string) => FoundSpecies | null {
  const latin = new Map<string, string>();
  const chinese = new Map<string, string>();
  const families = new Map<string, string>();
  const synonyms = new Map<string, string>();
  for (const {id, scientificName, chineseName, family} of species) {
    const name = latinNameOf(scientificName);
    if (name) {
      families.set(name.genus, family);
      if (name.epithet !== null) latin.set(`${name.genus} ${name.epithet}`, id);
    }
    if (chineseName !== '') chinese.set(chineseOf(chineseName), id);
  }
  for (const [accepted, {latin: others = [], chinese: local = []}] of Object.entries(SPECIES_SYNONYMS)) {
    const id = latin.get(accepted);
    if (id === undefined) continue;
    for (const other of others) if (!latin.has(other)) synonyms.set(other, id);
    for (const other of local) if (!chinese.has(other)) chinese.set(other, id);
  }
  const knownFamilies = new Set(families.values());

  const ofLatin = (text: string, saidFamily: string): FoundSpecies | null => {
    const name = latinNameOf(text);
    if (!name) return null;
    const {genus, epithet} = name;
    const binomial = `${genus} ${epithet}`;
    const own = epithet === null ? undefined : latin.get(binomial);
    if (own !== undefined) return {kind: 'known', id: own, by: 'name'};
    const other = epithet === null ? undefined : synonyms.get(binomial);
    if (other !== undefined) return {kind: 'known', id: other, by: 'synonym'};
    const family = families.get(genus) ?? (saidFamily === '' ? FAMILY_OF_GENUS[genus] : saidFamily);
    if (family === undefined || !(families.has(genus) || knownFamilies.has(family))) return null;
    return {
      kind: 'new',
      id: `${genus.toLowerCase()}_${epithet ?? 'sp'}`,
      scientificName: epithet === null ? `${genus} sp.` : binomial,
      family,
      from: families.has(genus) ? `genus ${genus}` : `family ${family}`,
    };
  };

  return (names, family = '') => {
    let further: FoundSpecies | null = null;
    for (const text of names) {
      if (text.trim() === '') continue;
      if (CHINESE.test(text)) {
        const id = chinese.get(chineseOf(text));
        if (id !== undefined) return {kind: 'known', id, by: 'chinese'};
        continue;
      }
      const found = ofLatin(text, family);
      if (found?.kind === 'known') return found;
      further ??= found;
    }
    return further;
  };
}
