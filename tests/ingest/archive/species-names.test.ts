import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import fc from 'fast-check';
import {beforeAll, describe, expect, it} from 'vitest';
import {createSpeciesFinder, latinNameOf} from '../../../ingest/archive/import/species-names.ts';
import {SPECIES_SYNONYMS} from '../../../ingest/archive/import/species-synonyms.ts';
import {readSpecies} from '../../../ingest/archive/read-species.ts';

const TABLE = join(import.meta.dirname, '../../../sites/guangyang/species.csv');
let find: ReturnType<typeof createSpeciesFinder>;
let names: Map<string, string>;
beforeAll(async () => {
  const {species} = await readSpecies(readFileSync(TABLE, 'utf8'), TABLE);
  find = createSpeciesFinder(species);
  // as the table has them, hybrid signs taken off
  names = new Map(species.map(({scientificName, id}) => [scientificName.replace('× ', ''), id]));
  for (const {id, chineseName, scientificName, authority} of species) {
    expect(find([chineseName])).toEqual({kind: 'known', id, by: 'chinese'});
    expect(find([`${scientificName} ${authority}`])).toEqual({kind: 'known', id, by: 'name'});
  }
});

// International Code of Nomenclature (Turland et al. 2018): authors follow the epithet, × marks hybrids (art. H.1), rank words part
// names of lower rank.
it.each([
  ['Ginkgo biloba L.', 'Ginkgo', 'biloba'],
  ['Pinus massoniana Lamb.', 'Pinus', 'massoniana'],
  ['Cedrus deodara (Roxb. ex D.Don) G.Don', 'Cedrus', 'deodara'],
  ['Platanus × acerifolia (Aiton) Willd.', 'Platanus', 'acerifolia'],
  ['Platanus x acerifolia', 'Platanus', 'acerifolia'],
  ['Populus ×canadensis Moench', 'Populus', 'canadensis'],
  ['Salix cf. babylonica', 'Salix', 'babylonica'],
  ['Quercus aff. glauca Thunb.', 'Quercus', 'glauca'],
  ['Prunus persica var. nectarina (Aiton) Maxim.', 'Prunus', 'persica'],
  ['Erythrina crista-galli L.', 'Erythrina', 'crista-galli'],
  ['CINNAMOMUM CAMPHORA', 'Cinnamomum', 'camphora'],
  ['cinnamomum camphora', 'Cinnamomum', 'camphora'],
  ['cinnamomum_camphora', 'Cinnamomum', 'camphora'],
  ['  Ficus   virens  ?', 'Ficus', 'virens'],
  ['Salix sp.', 'Salix', null],
  ['Salix', 'Salix', null],
  ["Taxodium 'Zhongshanshan'", 'Taxodium', null],
  ['Salix L.', 'Salix', null],
])('%s', (text, genus, epithet) => {
  expect(latinNameOf(text)).toEqual({genus, epithet});
});

it.each(['', '  ', '?', '123', 'a b', '=HYPERLINK("x")', '香樟', 'sp.', '-'])(
  '%j is no Latin name',
  (text) => {
    expect(latinNameOf(text)).toBe(null);
  },
);

describe('species', () => {
  it.each([
    [['Sapium sebiferum (L.) Roxb.'], 'triadica_sebifera', 'synonym'],
    [['Sophora japonica'], 'styphnolobium_japonicum', 'synonym'],
    [['Myrica rubra Siebold & Zucc.'], 'morella_rubra', 'synonym'],
    [['Magnolia denudata'], 'yulania_denudata', 'synonym'],
    [['香樟'], 'cinnamomum_camphora', 'chinese'],
    [['黄桷树'], 'ficus_virens', 'chinese'],
    [['桂花（金桂）'], 'osmanthus_fragrans', 'chinese'],
    [['不认识', 'Ginkgo biloba'], 'ginkgo_biloba', 'name'],
    [['', '银 杏'], 'ginkgo_biloba', 'chinese'],
    // a species of a known genus does not stand in the way of a name that is known
    [['Quercus robur', '麻栎'], 'quercus_acutissima', 'chinese'],
  ])('%j is %s by %s', (given, id, by) => {
    expect(find(given)).toEqual({kind: 'known', id, by});
  });

  it.each([
    [['Quercus robur L.'], '', 'quercus_robur', 'Fagaceae', 'genus Quercus'],
    [['Picea abies'], '', 'picea_abies', 'Pinaceae', 'family Pinaceae'],
    [['Reevesia pubescens'], 'Malvaceae', 'reevesia_pubescens', 'Malvaceae', 'family Malvaceae'],
    [['Salix sp.'], '', 'salix_sp', 'Salicaceae', 'genus Salix'],
  ])('%j in %j is new: %s of %s, from %s', (given, family, id, ofFamily, from) => {
    expect(find(given, family)).toMatchObject({kind: 'new', id, family: ofFamily, from});
  });

  it.each([
    [['Reevesia pubescens'], ''],
    [['Welwitschia mirabilis'], 'Welwitschiaceae'],
    [['无名树'], ''],
    [[], ''],
    [['Tree unknown'], ''],
  ])('%j in %j is not understood', (given, family) => {
    expect(find(given, family)).toBe(null);
  });

  it('no synonym is a species of the table, none leads to two', () => {
    const latin = Object.values(SPECIES_SYNONYMS).flatMap((one) => one.latin ?? []);
    const chinese = Object.values(SPECIES_SYNONYMS).flatMap((one) => one.chinese ?? []);
    expect(latin.filter((name) => names.has(name))).toEqual([]);
    expect(new Set(latin).size).toBe(latin.length);
    expect(new Set(chinese).size).toBe(chinese.length);
    expect(Object.keys(SPECIES_SYNONYMS).filter((name) => !names.has(name))).toEqual([]);
  });

  it('anything may stand in a cell', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({unit: 'grapheme', maxLength: 60}), {maxLength: 4}),
        fc.string(),
        (given, family) => {
          const found = find(given, family);
          if (found?.kind === 'new') expect(found.id).toMatch(/^[a-z]+_[a-z-]+$/);
        },
      ),
    );
  });
});
