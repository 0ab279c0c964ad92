import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {
  calibrateEfficiency,
  completeTraits,
  curveHeightM,
  FUNCTIONAL_TYPES,
  functionalTypeOf,
  massKg,
  openGrownIncrementCm,
  PARAMETER_RANGES,
  type ParameterId,
  type SpeciesTraits,
  speciesParameters,
  speciesTable,
  stemMassOfKg,
  stressDeath,
  TraitError,
  traitsFromRow,
  treeParametersOf,
} from '#model';
import {OVERRIDES, SITE, SPECIES, SPECIES_ROWS} from './species-list.ts';

const TABLE = speciesTable(SPECIES, OVERRIDES);
const IDS = Object.keys(PARAMETER_RANGES) as ParameterId[];
const of = (name: string) => TABLE.find(({scientificName}) => scientificName === name)!;

function counts(types: readonly string[]): Record<string, number> {
  const result: Record<string, number> = {};
  for (const type of types) result[type] = (result[type] ?? 0) + 1;
  return result;
}

describe('functional types of 119 species', () => {
  it('are counted as the rule was tried', () => {
    const types = SPECIES.map((traits) => functionalTypeOf(completeTraits(traits, SPECIES)));
    expect(counts(types)).toEqual({
      BAM: 4,
      TAX: 4,
      SAL: 5,
      CON: 8,
      FIC: 4,
      ORN: 9,
      EBT: 15,
      EBM: 14,
      DBP: 17,
      DBM: 39,
    });
  });

  it('one fig is a small fruit tree by override', () => {
    expect(counts(TABLE.map(({type}) => type))).toMatchObject({FIC: 3, ORN: 10});
  });

  it('a semi-evergreen species is not evergreen', () => {
    for (const [i, {leafHabit}] of SPECIES.entries())
      expect(TABLE[i]!.evergreen).toBe(leafHabit === 'evergreen');
    expect(SPECIES.filter(({leafHabit}) => leafHabit === 'semi-evergreen')).toHaveLength(3);
  });
});

describe('parameters of 119 species', () => {
  it('every species has the whole set, within its ranges, each with its basis', () => {
    expect(TABLE).toHaveLength(119);
    for (const species of TABLE) {
      for (const id of IDS) {
        const [low, high] = PARAMETER_RANGES[id];
        expect(species.values[id], `${id} of ${species.scientificName}`).toBeGreaterThanOrEqual(low);
        expect(species.values[id], `${id} of ${species.scientificName}`).toBeLessThanOrEqual(high);
        expect(['calibrated', 'literature', 'guess']).toContain(species.basis[id].label);
        expect(species.basis[id].source).toMatch(/\w{3}/);
      }
      expect(species.values.minC).toBeLessThan(species.values.optC);
      expect(species.values.optC).toBeLessThan(species.values.maxC);
      expect(species.leafMonths === null).toBe(species.evergreen);
      expect(species.notes).toEqual([]);
    }
  });

  it('figures that the table cites are literature, the rest guesses', () => {
    // SPECIES.md counts cells with a source: wood density 116, SLA 59, heights 41, temperatures 90/3, increments and diameters 26
    const literature = (id: ParameterId) =>
      TABLE.filter(({basis}) => basis[id].label === 'literature').length;
    expect(literature('woodDensityGPerCm3')).toBe(116);
    expect(literature('slaM2PerKg')).toBe(59);
    expect(literature('maxHeightM')).toBe(41);
    expect(literature('minC')).toBe(32);
    expect(literature('lightClass')).toBe(0);
    expect(literature('efficiency')).toBe(0);
    expect(of('Pinus massoniana').basis.woodDensityGPerCm3).toEqual({
      label: 'literature',
      source: 'GWDD v2 species',
    });
  });

  it('keep the order of the traits', () => {
    for (const [trait, id] of [
      ['woodDensityGPerCm3', 'woodDensityGPerCm3'],
      ['maxHeightM', 'maxHeightM'],
    ] as const) {
      const byTrait = [...SPECIES.keys()].sort((a, b) => SPECIES[a]![trait]! - SPECIES[b]![trait]!);
      const values = byTrait.map((i) => TABLE[i]!.values[id]);
      expect(values).toEqual([...values].sort((a, b) => a - b));
    }
    // within a type the faster has the higher efficiency
    for (const type of Object.keys(FUNCTIONAL_TYPES)) {
      const members = TABLE.map((species, i) => ({species, traits: SPECIES[i]!})).filter(
        ({species}) => species.type === type,
      );
      members.sort((a, b) => a.traits.maxIncrementCmPerYr! - b.traits.maxIncrementCmPerYr!);
      const values = members.map(({species}) => species.values.efficiency);
      expect(values).toEqual([...values].sort((a, b) => a - b));
    }
  });

  it('the stem of the allometry is that of form, density and height at its own diameter', () => {
    for (const species of TABLE) {
      const p = treeParametersOf(species);
      const {maxDbhCm, maxHeightM, openMPerCm, shadeMPerCm} = species.values;
      const dbhCm = Math.min(20, maxDbhCm / 2);
      const heightM = curveHeightM(dbhCm, maxHeightM, (openMPerCm + shadeMPerCm) / 2);
      expect(massKg(p.stem, dbhCm) / stemMassOfKg({dbhCm, heightM}, p)).toBeCloseTo(1, 9);
    }
  });

  it('leaf area is kept when leaves are thin or thick: a fig of SLA 23.9 has no more than twice that of its type', () => {
    const fig = of('Ficus virens');
    const area = (a: number, sla: number) => a * sla;
    const type = FUNCTIONAL_TYPES.FIC;
    expect(area(fig.values.foliageA, fig.values.slaM2PerKg)).toBeLessThan(
      1.3 * area(type.foliage.a, type.slaM2PerKg),
    );
  });

  it.each([
    // Rule 6, at whole classes and between
    {waterlogging: 1, sensitivity: 1, halfDays: 15},
    {waterlogging: 2.5, sensitivity: 0.675, halfDays: 45},
    {waterlogging: 5, sensitivity: 0.05, halfDays: 240},
  ])('waterlogging tolerance $waterlogging loses $sensitivity, half die in $halfDays days', (row) => {
    const traits = completeTraits({...SPECIES[0]!, waterloggingTolerance: row.waterlogging}, SPECIES);
    const {values} = speciesParameters(traits, 1);
    expect(values.floodSensitivity).toBeCloseTo(row.sensitivity, 12);
    expect(values.floodHalfDays).toBeCloseTo(row.halfDays, 12);
  });

  it.each([
    // of trees that do not grow (stress of a half) 36.8 % die in a year: Botkin et al. (1972), Bugmann (1996)
    {shade: 1, dies: 1 - (1 - 0.368) ** (5 / 3), maturity: 100 / 12},
    {shade: 3, dies: 0.368, maturity: 10},
    {shade: 5, dies: 1 - (1 - 0.368) ** (1 / 3), maturity: 12.5},
  ])('shade tolerance $shade: dies by $dies without growth, bears seed at $maturity years', (row) => {
    const {shade, dies, maturity} = row;
    const traits = completeTraits({...SPECIES[0]!, shadeTolerance: shade, maxAgeYr: 100}, SPECIES);
    const {values} = speciesParameters(traits, 1);
    expect(stressDeath(0.5, values.stressMortality)).toBeCloseTo(dies, 12);
    expect(values.maturityYr).toBeCloseTo(maturity, 12);
    expect(values.lightClass).toBe(shade);
  });
});

describe('the rule follows each trait one way', () => {
  const celtis = SPECIES.find(({scientificName}) => scientificName === 'Celtis sinensis')!;
  const base = completeTraits({...celtis, maxAgeYr: 150}, SPECIES);
  const WAYS: {trait: keyof SpeciesTraits; range: [number, number]; id: ParameterId; sign: 1 | -1}[] = [
    {trait: 'maxIncrementCmPerYr', range: [0.1, 12], id: 'efficiency', sign: 1},
    {trait: 'maxIncrementCmPerYr', range: [0.1, 12], id: 'maxGrowthCm', sign: 1},
    {trait: 'slaM2PerKg', range: [1, 60], id: 'foliageA', sign: -1},
    {trait: 'droughtTolerance', range: [1, 5], id: 'vpdResponsePerKPa', sign: -1},
    {trait: 'droughtTolerance', range: [1, 5], id: 'waterDeficitFactor', sign: 1},
    {trait: 'droughtTolerance', range: [1, 5], id: 'depletionFraction', sign: 1},
    {trait: 'droughtTolerance', range: [1, 5], id: 'droughtLimit', sign: -1},
    {trait: 'waterloggingTolerance', range: [1, 5], id: 'floodSensitivity', sign: -1},
    {trait: 'waterloggingTolerance', range: [1, 5], id: 'floodHalfDays', sign: 1},
    {trait: 'shadeTolerance', range: [1, 5], id: 'stressMortality', sign: -1},
    {trait: 'shadeTolerance', range: [1, 5], id: 'maturityYr', sign: 1},
    {trait: 'woodDensityGPerCm3', range: [0.1, 1.2], id: 'stemA', sign: 1},
    {trait: 'seedMassMg', range: [0.1, 1e5], id: 'seedDistanceM', sign: -1},
  ];

  it.each(WAYS)('$id with $trait', ({trait, range, id, sign}) => {
    const value = fc.double({min: range[0], max: range[1], noNaN: true});
    fc.assert(
      fc.property(value, value, (a, b) => {
        const at = (x: number) =>
          speciesParameters({...base, dispersal: 'wind', [trait]: x}, 1.5, {
            type: 'DBM',
            label: 'guess',
            source: 'fixed for this test',
          }).values[id];
        const [low, high] = [at(Math.min(a, b)), at(Math.max(a, b))];
        expect(sign * (high - low)).toBeGreaterThanOrEqual(-1e-12);
        expect(low).toBeGreaterThanOrEqual(PARAMETER_RANGES[id][0]);
        expect(high).toBeLessThanOrEqual(PARAMETER_RANGES[id][1]);
      }),
    );
    expect(speciesParameters({...base, dispersal: 'wind', [trait]: range[0]}, 1.5).values[id]).not.toBe(
      speciesParameters({...base, dispersal: 'wind', [trait]: range[1]}, 1.5).values[id],
    );
  });

  it('values beyond their range are cut, and it is noted', () => {
    const {values, notes} = speciesParameters({...base, slaM2PerKg: 70, maxHeightM: 125}, 1.5);
    expect(values.maxHeightM).toBe(120);
    expect(notes).toContain('maxHeightM 125 cut to 120');
    expect(values.slaM2PerKg).toBe(40);
  });

  it('an override takes the place of the rule with its source, and must be within range', () => {
    const override = {
      values: {efficiency: 0.027},
      label: 'literature' as const,
      source: 'Forrester & Tang (2016)',
    };
    const species = speciesParameters(base, 1.5, override);
    expect(species.values.efficiency).toBe(0.027);
    expect(species.basis.efficiency).toEqual({label: 'literature', source: 'Forrester & Tang (2016)'});
    expect(() => speciesParameters(base, 1.5, {...override, values: {efficiency: 5}})).toThrow(
      'efficiency of Celtis sinensis is 5, expected 0.01 to 0.1',
    );
    expect(() => speciesParameters(base, 1.5, {...override, values: {efficiency: Number.NaN}})).toThrow(
      'expected',
    );
  });
});

describe('a species outside the table', () => {
  it('takes after its genus, then its family, then all, and says so', () => {
    const [populus] = speciesTable([{scientificName: 'Populus nowhere', family: 'Salicaceae'}], {}, SPECIES);
    expect(populus!.type).toBe('DBP');
    expect(populus!.notes).toContain('maxHeightM from genus Populus');
    expect(populus!.basis.woodDensityGPerCm3).toEqual({label: 'guess', source: 'from genus Populus'});
    const [cousin] = speciesTable(
      [{scientificName: 'Chosenia arbutifolia', family: 'Salicaceae'}],
      {},
      SPECIES,
    );
    expect(cousin!.notes).toContain('maxAgeYr from family Salicaceae');
    const [stranger] = speciesTable([{scientificName: 'Nomen nudum', family: 'Nullaceae'}], {}, SPECIES);
    expect(stranger!.notes).toContain('shadeTolerance from all species');
    for (const species of [populus, cousin, stranger]) {
      for (const id of IDS) expect(Number.isFinite(species!.values[id])).toBe(true);
      expect(species!.leafMonths).not.toBeNull();
    }
  });

  it('has nobody to take after in an empty table', () => {
    expect(() => speciesTable([{scientificName: 'Nomen nudum', family: 'Nullaceae'}])).toThrow(
      'no known species',
    );
  });
});

describe('a row of the species table', () => {
  const row = SPECIES_ROWS[0]!;
  it.each([
    {change: {max_height_m: 'tall'}, says: 'max_height_m of Ginkgo biloba is "tall", expected a number'},
    {change: {max_height_m: '-3'}, says: 'expected a number from 0.5 to 130'},
    {change: {sla_m2_kg: 'Infinity'}, says: 'sla_m2_kg of Ginkgo biloba is "Infinity"'},
    {change: {shade_tolerance_1_5: '6'}, says: 'expected a number from 1 to 5'},
    {change: {leaf_habit: 'sometimes'}, says: 'expected evergreen, semi-evergreen, deciduous'},
    {change: {t_min_c: '23'}, says: 'expected min < opt < max'},
    {change: {scientific_name: ' '}, says: 'needs scientific_name'},
    {change: {family: undefined}, says: 'needs scientific_name and family'},
  ])('is refused for $change', ({change, says}) => {
    expect(() => traitsFromRow({...row, ...change})).toThrow(says);
    try {
      traitsFromRow({...row, ...change});
    } catch (error) {
      expect(error).toBeInstanceOf(TraitError);
      expect((error as TraitError).code).toBe('trait_invalid');
    }
  });

  it('may leave cells empty', () => {
    const traits = traitsFromRow({scientific_name: 'Acer nowhere', family: 'Sapindaceae', max_height_m: ''});
    expect(traits).toEqual({scientificName: 'Acer nowhere', family: 'Sapindaceae', sources: {}});
  });
});

describe('calibration on the reference climate', () => {
  const calibrated = TABLE.map((species, i) => {
    const increment = Math.min(4, Math.max(0.3, SPECIES[i]!.maxIncrementCmPerYr!));
    return {before: species, after: calibrateEfficiency(species, increment, SITE), increment};
  });
  const trees = calibrated.filter(({before}) => before.thickens);

  it('keeps within its factors, its label says so', () => {
    for (const {before, after} of trees) {
      const factor = after.values.efficiency / before.values.efficiency;
      expect(factor).toBeGreaterThanOrEqual(0.5 - 1e-9);
      expect(factor).toBeLessThanOrEqual(1.25 + 1e-9);
      expect(after.basis.efficiency.label).toBe('calibrated');
      expect(before.basis.efficiency.label).toBe('guess');
    }
  });

  it('an open-grown tree grows by 0.7 of the greatest increment, or is at a bound', () => {
    let met = 0;
    for (const {before, after, increment} of trees) {
      const share = openGrownIncrementCm(after, SITE) / increment;
      const factor = after.values.efficiency / before.values.efficiency;
      if (Math.abs(share / 0.7 - 1) < 1e-3) met += 1;
      else expect(factor).toBeCloseTo(share < 0.7 ? 1.25 : 0.5, 9);
    }
    expect(met).toBeGreaterThan(80);
  });

  it('leaves palms and bamboos alone', () => {
    for (const {before, after} of calibrated) if (!before.thickens) expect(after).toBe(before);
  });
});
