import {describe, expect, it} from 'vitest';
import {
  aboveGroundKg,
  calibrateEfficiency,
  curveHeightM,
  daytimeVpdKPa,
  Forest,
  floodDeath,
  leafFractionsByCalendar,
  leafOnShare,
  openGrownIncrementCm,
  SOIL_WATER_RESPONSES,
  type SpeciesParameters,
  speciesTable,
  speciesYear,
  treeParametersOf,
  type UnitMonth,
  uniformAt,
} from '#model';
import {MONTHS, OVERRIDES, SITE, SPECIES} from './species-list.ts';

const SIDE_M = 40;
const HECTARES = (SIDE_M * SIDE_M) / 10_000;
const TABLE = speciesTable(SPECIES, OVERRIDES).map((species, i) =>
  calibrateEfficiency(species, Math.min(4, Math.max(0.3, SPECIES[i]!.maxIncrementCmPerYr!)), SITE),
);
const of = (name: string) => TABLE.find(({scientificName}) => scientificName === name)!;
const DECIDUOUS = leafFractionsByCalendar({leafOut: 3, leafFall: 11});

/** A young stand on a torus of 40 m, its species by turns; `weather` may give a year of its own. */
function grow(
  species: readonly SpeciesParameters[],
  options: {perHa: number; years: number; weather?: (year: number) => readonly UnitMonth[]},
  look: (year: number, forest: Forest) => void,
): void {
  const trees = Array.from({length: Math.round(options.perHa * HECTARES)}, (_, id) => {
    const dbhCm = 2 + uniformAt(3, id);
    const {values} = species[id % species.length]!;
    return {
      id,
      xM: SIDE_M * uniformAt(1, id),
      yM: SIDE_M * uniformAt(2, id),
      species: id % species.length,
      unit: 0,
      dbhCm,
      heightM: curveHeightM(dbhCm, values.maxHeightM, (values.openMPerCm + values.shadeMPerCm) / 2),
      ageYr: 3,
    };
  });
  const forest = new Forest(trees, species.map(treeParametersOf), {torusM: SIDE_M});
  for (let year = 1; year <= options.years; year += 1) {
    const months = options.weather?.(year) ?? MONTHS;
    const years = species.map((one) => speciesYear(one, months, SITE.soil, SITE.mode));
    forest.step({
      potentialGPerM2: Float64Array.from(years, ({potentialGPerM2}) => potentialGPerM2),
      rootFraction: Float64Array.from(years, ({rootFraction}) => rootFraction),
      siteDeath: new Float64Array(species.length),
      leafOnShare: Float64Array.from(species, ({evergreen}, i) =>
        evergreen ? leafOnShare(years[i]!.monthlyG, DECIDUOUS) : 1,
      ),
      key: 7,
      year,
    });
    look(year, forest);
  }
}

/** Per hectare, of the living trees of one species or of all. */
function stand(forest: Forest, species?: number) {
  const sums = {stems: 0, basalAreaM2: 0, netProductionT: 0, leafM2: 0, squareCm2: 0};
  for (let i = 0; i < forest.count; i += 1) {
    if (forest.alive[i] === 0 || (species !== undefined && forest.species[i] !== species)) continue;
    sums.stems += 1 / HECTARES;
    sums.squareCm2 += forest.dbhCm[i]! ** 2 / HECTARES;
    sums.basalAreaM2 += ((Math.PI / 40_000) * forest.dbhCm[i]! ** 2) / HECTARES;
    sums.netProductionT += forest.netProductionKg[i]! / 1000 / HECTARES;
    sums.leafM2 += forest.foliageKg[i]!;
  }
  return {...sums, quadraticDbhCm: Math.sqrt(sums.squareCm2 / sums.stems)};
}

/** Above-ground mass in the model's pools over that by equation 4 of Chave et al. (2014). */
function aboveGroundOverEquation(forest: Forest, {values}: SpeciesParameters): number {
  let own = 0;
  let equation = 0;
  for (let i = 0; i < forest.count; i += 1) {
    if (forest.alive[i] === 0) continue;
    own += forest.stemKg[i]! + forest.branchKg[i]! + forest.foliageKg[i]!;
    equation += aboveGroundKg({
      dbhCm: forest.dbhCm[i]!,
      heightM: forest.heightM[i]!,
      woodDensityGPerCm3: values.woodDensityGPerCm3,
    });
  }
  return own / equation;
}

/** The young stand of every species that thickens, grown for 20 years. */
const results = TABLE.filter(({thickens}) => thickens).map((species) => {
  let lai = 0;
  let production = 0;
  let slim = Number.POSITIVE_INFINITY;
  let slender = 0;
  let finite = true;
  let ratio = 0;
  grow([species], {perHa: 1000, years: 20}, (year, forest) => {
    const now = stand(forest);
    lai = Math.max(lai, (now.leafM2 * species.values.slaM2PerKg) / (SIDE_M * SIDE_M));
    if (year === 20) {
      production = now.netProductionT;
      ratio = aboveGroundOverEquation(forest, species);
    }
    for (let i = 0; i < forest.count; i += 1) {
      if (forest.alive[i] === 0) continue;
      const ratio = (100 * forest.heightM[i]!) / forest.dbhCm[i]!;
      slim = Math.min(slim, ratio);
      slender = Math.max(slender, ratio);
      finite &&= Number.isFinite(forest.dbhCm[i]!) && forest.heightM[i]! <= species.values.maxHeightM * 1.02;
    }
  });
  return {name: species.scientificName, lai, production, slim, slender, finite, ratio};
});

describe('a stand of 1,000 trees per hectare of each species', () => {
  it('keeps leaf area, slenderness and height within bounds for all of them', () => {
    expect(results).toHaveLength(115);
    for (const {name, lai, slim, slender, finite} of results) {
      expect(lai, name).toBeLessThanOrEqual(10);
      expect(slim, name).toBeGreaterThan(20);
      expect(slender, name).toBeLessThan(220);
      expect(finite, name).toBe(true);
    }
  });

  it('makes 2–30 t/ha/a at 20 years for all but a few: the fastest conifers and eucalypt a little more, short-lived shrubs less', () => {
    const outside = results.filter(({production}) => production < 2 || production > 30);
    expect(outside.map(({name}) => name).sort()).toEqual([
      'Cedrus deodara',
      'Eucalyptus robusta',
      'Rhus chinensis',
    ]);
    for (const {production} of outside) {
      expect(production).toBeGreaterThan(1);
      expect(production).toBeLessThan(35);
    }
  });
});

describe('the model’s own above-ground mass', () => {
  it('is 0.6 to 1.3 of equation 4’s on the same trees, and half of the species lie within 0.8 to 1.25', () => {
    // Known to be low: the form factors and branches of the types give less wood than Chave et al. (2014) weighed, so stocks are
    // reported by the equation and the ratio stands beside them.
    const ratios = results.map(({ratio}) => ratio).sort((a, b) => a - b);
    expect(ratios[0]).toBeGreaterThan(0.6);
    expect(ratios.at(-1)!).toBeLessThan(1.3);
    expect(ratios.filter((ratio) => ratio >= 0.8 && ratio <= 1.25).length).toBeGreaterThan(50);
  });
});

describe('dense even-aged stands thin themselves', () => {
  // Reineke (1933): −1.605; and mean stem mass on number: −1.5 (Yoda et al. 1963). Species that live long enough for it to show.
  it.each(['Pinus massoniana', 'Castanopsis fargesii', 'Liquidambar formosana', 'Cinnamomum camphora'])(
    '%s: ln N on ln Dq between −2.0 and −1.4',
    (name) => {
      const points: {lnN: number; lnD: number}[] = [];
      grow([of(name)], {perHa: 6000, years: 80}, (year, forest) => {
        const {stems, quadraticDbhCm} = stand(forest);
        if (year >= 25) points.push({lnN: Math.log(stems), lnD: Math.log(quadraticDbhCm)});
      });
      const mean = (of: 'lnN' | 'lnD') => points.reduce((sum, point) => sum + point[of], 0) / points.length;
      const [meanN, meanD] = [mean('lnN'), mean('lnD')];
      const slope =
        points.reduce((sum, {lnN, lnD}) => sum + (lnD - meanD) * (lnN - meanN), 0) /
        points.reduce((sum, {lnD}) => sum + (lnD - meanD) ** 2, 0);
      expect(slope).toBeGreaterThan(-2);
      expect(slope).toBeLessThan(-1.4);
    },
  );
});

describe('light sorts the species', () => {
  it.each([
    {pioneer: 'Populus adenopoda', tolerant: 'Machilus nanmu'},
    {pioneer: 'Melia azedarach', tolerant: 'Castanopsis fargesii'},
    {pioneer: 'Broussonetia papyrifera', tolerant: 'Quercus glauca'},
  ])(
    '$pioneer is ahead in the open and at first, $tolerant gains share in the closed mixture',
    ({pioneer, tolerant}) => {
      expect(openGrownIncrementCm(of(pioneer), SITE)).toBeGreaterThan(
        openGrownIncrementCm(of(tolerant), SITE),
      );
      const shares = new Map<number, number>();
      grow([of(pioneer), of(tolerant)], {perHa: 2500, years: 80}, (year, forest) => {
        shares.set(year, stand(forest, 1).basalAreaM2 / stand(forest).basalAreaM2);
      });
      expect(shares.get(20)!).toBeLessThan(0.5);
      expect(shares.get(80)!).toBeGreaterThan(shares.get(20)! + 0.2);
    },
  );
});

describe('a year answers to its weather', () => {
  const annual = (species: SpeciesParameters, change: Partial<UnitMonth>) =>
    speciesYear(
      species,
      MONTHS.map((month) => ({...month, ...change})),
      SITE.soil,
      SITE.mode,
    ).potentialGPerM2;

  it('for every species: no less with water, light and CO2, no more with dry air and flood', () => {
    for (const species of TABLE) {
      const rising: [keyof UnitMonth, number, number][] = [
        ['relativeWater', 0.2, 0.6],
        ['radiationMjPerM2Day', 5, 12],
        ['co2Ppm', 350, 550],
      ];
      for (const [driver, low, high] of rising) {
        expect(annual(species, {[driver]: high})).toBeGreaterThanOrEqual(annual(species, {[driver]: low}));
      }
      expect(annual(species, {vpdKPa: 2.5})).toBeLessThanOrEqual(annual(species, {vpdKPa: 0.5}));
      expect(annual(species, {floodedDays: 30})).toBeLessThanOrEqual(annual(species, {floodedDays: 0}));
      expect(annual(species, {radiationMjPerM2Day: 0})).toBe(0);
    }
  });

  it('for every species: fertile soil and loam that holds water are no worse', () => {
    for (const species of TABLE) {
      const on = (fertility: number, texture: keyof typeof SOIL_WATER_RESPONSES) =>
        speciesYear(species, MONTHS, {waterResponse: SOIL_WATER_RESPONSES[texture], fertility}, 'product')
          .potentialGPerM2;
      expect(on(0.9, 'clayLoam')).toBeGreaterThan(on(0.2, 'clayLoam'));
    }
  });

  it('a hot dry summer takes 10–40 % of production, and three years later it is back', () => {
    // as 2006 and 2022: 4 °C hotter from July to early September, soil water falling to a third
    const drought = MONTHS.map((month, m) => {
      if (m < 6 || m > 8) return month;
      const hotter = m === 8 ? 2 : 4;
      return {
        ...month,
        meanC: month.meanC + hotter,
        vpdKPa: month.vpdKPa + daytimeVpdKPa(25, 34 + hotter) - daytimeVpdKPa(25, 34),
        relativeWater: [0.55, 0.35, 0.4][m - 6]!,
      };
    });
    for (const name of [
      'Cinnamomum camphora',
      'Liquidambar formosana',
      'Machilus nanmu',
      'Ligustrum lucidum',
    ]) {
      const production = new Map<number, number>();
      const weather = (year: number) => (year === 16 ? drought : MONTHS);
      grow([of(name)], {perHa: 1200, years: 19, weather}, (year, forest) => {
        production.set(year, stand(forest).netProductionT);
      });
      const loss = 1 - production.get(16)! / production.get(15)!;
      expect(loss, name).toBeGreaterThan(0.1);
      expect(loss, name).toBeLessThan(0.4);
      expect(production.get(19)!, name).toBeGreaterThan(0.95 * production.get(15)!);
    }
  });

  it('swamp trees outlive 120 days of flood that kill the others', () => {
    const lives = (name: string) =>
      1 - floodDeath({rootDays: 120, crownDays: 0, halfDays: of(name).values.floodHalfDays});
    expect(lives('Taxodium distichum')).toBeGreaterThanOrEqual(0.85);
    expect(lives('Ginkgo biloba')).toBeLessThanOrEqual(0.2);
  });

  it('evergreens grow in January at the site, but for those of warmer winters', () => {
    const dormant = TABLE.filter(({evergreen}) => evergreen)
      .filter((species) => speciesYear(species, MONTHS, SITE.soil, SITE.mode).monthlyG[0] === 0)
      .map(({values}) => values.minC);
    for (const minC of dormant) expect(minC).toBeGreaterThan(8);
  });
});
