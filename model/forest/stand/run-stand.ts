import {dryMatterGPerMj} from '../modifiers/light-use.ts';
import {DAYS_OF_MONTHS} from '../modifiers/phenology.ts';
import {conditionsOf} from './conditions.ts';
import {closingCanopyLight, mixedCanopyLight, type SpeciesLight} from './light.ts';
import type {Pools} from './mortality.ts';
import {enterSizes, NO_SIZES, type SizedSpecies, updateSizes} from './sizes.ts';
import {
  density,
  die,
  grow,
  isDormant,
  laiOf,
  specificLeafArea,
  thin,
  turnSeason,
  volumeM3,
} from './species-steps.ts';
import type {
  SpeciesFluxes,
  SpeciesMonth,
  StandInput,
  StandMonth,
  StandMonthWeather,
  Working,
} from './state.ts';
import {waterBalance} from './water-balance.ts';

const G_PER_M2_TO_T_PER_HA = 0.01;
const MONTH_YR = 1 / 12;

const NO_POOLS: Pools = {stemsPerHa: 0, stemTPerHa: 0, rootTPerHa: 0, foliageTPerHa: 0};
const NOTHING_DONE: SpeciesFluxes = {
  absorbedMjPerM2: 0,
  laiAbove: 0,
  vpdKPa: 0,
  modifiers: null,
  grossProductionTPerHa: 0,
  netProductionTPerHa: 0,
  debtPaidTPerHa: 0,
  debtForgivenTPerHa: 0,
  foliageLentTPerHa: 0,
  rootFraction: 0,
  stemFraction: 0,
  foliageFraction: 0,
  foliageLitterTPerHa: 0,
  rootLitterTPerHa: 0,
  deadTPerHa: 0,
  removedTPerHa: 0,
  selfThinningPerHa: 0,
  transpirationMm: 0,
  interceptionMm: 0,
};

function sized(work: Working): SizedSpecies {
  const {p, distribution} = work.input;
  return {
    p,
    distribution,
    ageYr: work.endAgeYr,
    stemsPerHa: work.pools.stemsPerHa,
    stemTPerHa: work.pools.stemTPerHa,
    lai: work.lai,
    densityTPerM3: density(p, work.ageYr),
  };
}

/**
 * Passes of sizes in a month, as the spreadsheets make them: their results depend on the number, since a pass starts from the
 * sizes of the one before and convergence is not waited for.
 */
const PASSES = {monthStart: 2, growth: 1, thinning: 1, deaths: 1, monthEnd: 1} as const;

function resize(stand: readonly Working[], passes: number): Working[] {
  const sizes = updateSizes(
    stand.map(sized),
    stand.map((work) => work.sizes),
    passes,
  );
  return stand.map((work, i) => ({...work, sizes: sizes[i]!}));
}

/** Species planted in this row enter with their pools; those of a dormant species owe their foliage. */
function enter(stand: readonly Working[], month: number): Working[] {
  const isNew = stand.map((work) => work.planted && work.pools === NO_POOLS);
  if (!isNew.includes(true)) return [...stand];
  const entered = stand.map((work, i): Working => {
    if (!isNew[i]) return work;
    const {p, start} = work.input;
    const dormant = isDormant(p, month);
    return {
      ...work,
      pools: {...start, foliageTPerHa: dormant ? 0 : start.foliageTPerHa},
      debt: dormant ? start.foliageTPerHa : 0,
      lai: dormant ? 0 : laiOf(start.foliageTPerHa, specificLeafArea(p, work.endAgeYr)),
    };
  });
  const sizes = enterSizes(
    entered.map(sized),
    entered.map((work, i) => (isNew[i] ? null : work.sizes)),
  );
  return entered.map((work, i) => ({...work, sizes: sizes[i]!}));
}

function lightOf(stand: readonly Working[], weather: StandMonthWeather, input: StandInput): SpeciesLight[] {
  const radiationMjPerM2 = weather.radiationMjPerM2Day * DAYS_OF_MONTHS[weather.month - 1]!;
  if (input.settings.light === 'layered') {
    const crowns = stand.map(({input: {p}, pools, sizes, lai}) => ({
      p,
      stemsPerHa: pools.stemsPerHa,
      heightM: sizes.heightM,
      crownLengthM: sizes.crownLengthM,
      crownWidthM: sizes.crownWidthM,
      lai,
    }));
    return mixedCanopyLight(crowns, {
      radiationMjPerM2,
      latitudeDeg: input.site.latitudeDeg,
      month: weather.month,
    });
  }
  return stand.map(({input: {p}, ageYr, lai}) => {
    if (lai <= 0) return {absorbedMjPerM2: 0, laiAbove: 0};
    const canopy = {ageYr, closedAtYr: p.fullCanAge, lai, extinction: p.k, radiationMjPerM2};
    return {absorbedMjPerM2: closingCanopyLight(canopy).absorbedMjPerM2, laiAbove: 0};
  });
}

function speciesMonth(work: Working, month: number, fluxes: SpeciesFluxes): SpeciesMonth {
  return {
    ...work.pools,
    ...work.sizes,
    ...fluxes,
    ageYr: work.endAgeYr,
    planted: work.planted,
    dormant: isDormant(work.input.p, month),
    foliageDebtTPerHa: work.debt,
    lai: work.lai,
    volumeM3PerHa: work.pools.stemsPerHa > 0 ? volumeM3(work.input.p, work.ageYr, work.pools, work.sizes) : 0,
  };
}

/**
 * A stand month by month: 3-PGpjs or 3-PGmix, by the settings. The first row is the initial state, each further row the state
 * after its month. Species planted later enter in the row in which they are planted.
 * @throws {RangeError} for a stand without species, or a month that is none.
 * Source: Landsberg & Waring (1997); Sands (2004); Forrester & Tang (2016), doi:10.1016/j.ecolmodel.2015.07.010.
 */
export function runStand(input: StandInput): StandMonth[] {
  const {site, species, weather} = input;
  if (species.length === 0) throw new RangeError('a stand needs at least one species, got none');
  for (const {month} of weather) {
    if (!Number.isInteger(month) || month < 1 || month > 12) {
      throw new RangeError(`month is ${month}, expected 1 to 12`);
    }
  }
  let availableMm = Math.min(site.maxWaterMm, Math.max(site.minWaterMm, site.startWaterMm));
  let stand: Working[] = species.map((entry) => ({
    input: entry,
    planted: entry.ageMonths >= 0,
    ageYr: Math.max(0, entry.ageMonths / 12),
    endAgeYr: Math.max(0, entry.ageMonths / 12),
    pools: NO_POOLS,
    debt: 0,
    lai: 0,
    sizes: NO_SIZES,
    thinningsDone: 0,
  }));
  // the age of the oldest is summed month by month, and the others' follow from it, as the spreadsheets do: the rounding decides
  // in which month a thinning falls due
  const oldestMonths = Math.max(...species.map(({ageMonths}) => ageMonths));
  let standAgeYr = oldestMonths / 12;
  const rows: StandMonth[] = [];
  for (const [row, now] of weather.entries()) {
    const {month} = now;
    if (row === 0) {
      stand = enter(stand, month);
      rows.push({
        month,
        species: stand.map((work) => speciesMonth(work, month, NOTHING_DONE)),
        soilEvaporationMm: 0,
        evapotranspirationMm: 0,
        waterFraction: 1,
        runOffMm: 0,
        suppliedMm: 0,
        availableWaterMm: availableMm,
      });
      continue;
    }
    standAgeYr += MONTH_YR;
    stand = stand.map((work) => {
      const months = work.input.ageMonths + row;
      const endAgeYr = months > 0 ? standAgeYr - (oldestMonths - work.input.ageMonths) / 12 : 0;
      return {...work, planted: months >= 0, ageYr: work.endAgeYr, endAgeYr};
    });

    // 1 leaves come and go
    const seasons = stand.map((work) => turnSeason(work, weather[row - 1]!.month, month));
    const forgiven = stand.map((work, i) => (seasons[i]!.work.lai < work.lai ? work.debt : 0));
    stand = resize(
      seasons.map(({work}) => work),
      PASSES.monthStart,
    );

    // 2, 3 light and modifiers, with the state at the start of the month
    const light = lightOf(stand, now, input);
    const conditions = stand.map((work, i) =>
      conditionsOf(work, light[i]!.laiAbove, now, input, availableMm),
    );

    // 4, 5 production, as far as the water reaches
    const water = waterBalance(stand, light, conditions, now, input, availableMm);
    availableMm = water.availableWaterMm;
    const gross = stand.map(({input: {p}}, i) => {
      const {modifiers} = conditions[i]!;
      const efficiency = dryMatterGPerMj(p.alphaCx, {gDmPerMol: p.gDM_mol, molPerMj: p.molPAR_MJ});
      return (
        G_PER_M2_TO_T_PER_HA *
        efficiency *
        light[i]!.absorbedMjPerM2 *
        modifiers.nutrition *
        modifiers.temperature *
        modifiers.frost *
        modifiers.co2Efficiency *
        modifiers.physiology *
        water.waterFraction
      );
    });

    // 6, 7 allocation and size
    const grown = stand.map((work, i) =>
      grow(work, gross[i]! * work.input.p.Y, conditions[i]!.modifiers.physiology, month),
    );
    stand = resize(
      grown.map(({work}) => work),
      PASSES.growth,
    );

    // 8 thinning
    const thinnings = stand.map((work) => thin(work, month));
    if (thinnings.some(({work}, i) => work !== stand[i])) {
      stand = resize(
        thinnings.map(({work}) => work),
        PASSES.thinning,
      );
    }

    // 9 mortality
    const basalArea = stand.reduce((sum, {sizes}) => sum + sizes.basalAreaM2PerHa, 0);
    const deaths = stand.map((work) => die(work, month, work.sizes.basalAreaM2PerHa / basalArea));
    if (deaths.some(({work}, i) => work !== stand[i])) {
      stand = resize(
        deaths.map(({work}) => work),
        PASSES.deaths,
      );
    }
    stand = resize(stand, PASSES.monthEnd);

    stand = enter(stand, month);
    rows.push({
      month,
      soilEvaporationMm: water.soilEvaporationMm,
      evapotranspirationMm: water.evapotranspirationMm,
      waterFraction: water.waterFraction,
      runOffMm: water.runOffMm,
      suppliedMm: water.suppliedMm,
      availableWaterMm: water.availableWaterMm,
      species: stand.map((work, i) => {
        const fluxes = {...NOTHING_DONE, ...grown[i]!.fluxes};
        return speciesMonth(work, month, {
          ...fluxes,
          ...light[i]!,
          ...conditions[i]!,
          grossProductionTPerHa: gross[i]!,
          netProductionTPerHa: gross[i]! * work.input.p.Y,
          debtForgivenTPerHa: forgiven[i]!,
          foliageLitterTPerHa: fluxes.foliageLitterTPerHa + seasons[i]!.litter,
          deadTPerHa: deaths[i]!.dead,
          removedTPerHa: thinnings[i]!.removed,
          selfThinningPerHa: deaths[i]!.selfThinning,
          transpirationMm: water.transpirationMm[i]!,
          interceptionMm: water.interceptionMm[i]!,
        });
      }),
    });
  }
  return rows;
}
