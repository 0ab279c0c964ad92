import {rootFraction} from '../modifiers/light-use.ts';
import {atAge, litterfallRate} from './age-curves.ts';
import {type Pools, selfThinningDeaths, withDeaths} from './mortality.ts';
import type {StandParameters} from './parameters.ts';
import type {Sizes} from './sizes.ts';
import type {SpeciesFluxes, Working} from './state.ts';
import {thinned} from './thinning.ts';

/** Whether a species is without leaves in a month (1–12). */
export function isDormant({leafgrow, leaffall}: StandParameters, month: number): boolean {
  if (leafgrow <= 0 || leaffall <= 0 || leafgrow === leaffall) return false;
  return leafgrow > leaffall ? month >= leaffall && month <= leafgrow : month < leafgrow || month >= leaffall;
}

/** Specific leaf area, m² kg⁻¹, at an age. */
export function specificLeafArea({SLA0, SLA1, tSLA}: StandParameters, ageYr: number): number {
  return atAge(ageYr, {young: SLA0, old: SLA1, halfway: tSLA, power: 2});
}

/** t ha⁻¹ of foliage at m² kg⁻¹ to leaf area index. */
export function laiOf(foliageTPerHa: number, specificM2PerKg: number): number {
  return (foliageTPerHa * specificM2PerKg) / 10;
}

/** Basic density, t m⁻³, at an age. */
export function density({rhoMin, rhoMax, tRho}: StandParameters, ageYr: number): number {
  return atAge(ageYr, {young: rhoMin, old: rhoMax, halfway: tRho, power: 1});
}

/** Stem volume without branches and bark, m³ ha⁻¹. */
export function volumeM3(p: StandParameters, ageYr: number, pools: Pools, sizes: Sizes): number {
  const {dbhCm, heightM} = sizes;
  if (p.aV > 0) {
    const tree = p.aV * dbhCm ** p.nVB * heightM ** p.nVH * (dbhCm * dbhCm * heightM) ** p.nVBH;
    return tree * pools.stemsPerHa;
  }
  const branches = atAge(ageYr, {young: p.fracBB0, old: p.fracBB1, halfway: p.tBB, power: 1});
  return (pools.stemTPerHa * (1 - branches)) / density(p, ageYr);
}

function mass({stemTPerHa, rootTPerHa, foliageTPerHa}: Pools): number {
  return stemTPerHa + rootTPerHa + foliageTPerHa;
}

/** One species' month of production: pays its debt, then grows, after the losses of the month. Source: Sands (2004). */
export function grow(
  work: Working,
  netProductionTPerHa: number,
  physiology: number,
  month: number,
): {work: Working; fluxes: Partial<SpeciesFluxes>} {
  const {p, fertility} = work.input;
  if (work.pools.stemsPerHa <= 0) return {work, fluxes: {}};
  const roots = rootFraction(physiology, fertility, {
    maxFraction: p.pRx,
    minFraction: p.pRn,
    atZeroFertility: p.m0,
  });
  const stem = (1 - roots) / (1 + work.sizes.foliageOverStem);
  const fractions = {rootFraction: roots, stemFraction: stem, foliageFraction: 1 - roots - stem};
  if (isDormant(p, month)) return {work, fluxes: fractions};
  const {pools} = work;
  const lent = pools.foliageTPerHa === 0 ? work.debt : 0;
  const foliage = pools.foliageTPerHa + lent;
  const paid = Math.min(netProductionTPerHa, work.debt);
  const growth = netProductionTPerHa - paid;
  const litterRate = litterfallRate(work.ageYr, {
    young: p.gammaF0,
    old: p.gammaF1,
    halfwayMonths: p.tgammaF,
  });
  const foliageLitter = litterRate * foliage;
  const rootLitter = p.gammaR * pools.rootTPerHa;
  const foliageTPerHa = foliage + fractions.foliageFraction * growth - foliageLitter;
  return {
    work: {
      ...work,
      debt: work.debt - paid,
      lai: laiOf(foliageTPerHa, specificLeafArea(p, work.ageYr)),
      pools: {
        ...pools,
        foliageTPerHa,
        rootTPerHa: pools.rootTPerHa + roots * growth - rootLitter,
        stemTPerHa: pools.stemTPerHa + stem * growth,
      },
    },
    fluxes: {
      ...fractions,
      debtPaidTPerHa: paid,
      foliageLentTPerHa: lent,
      foliageLitterTPerHa: foliageLitter,
      rootLitterTPerHa: rootLitter,
    },
  };
}

/** Leaves of the month's season: shed and owed at the start of dormancy, put out again at its end. */
export function turnSeason(work: Working, before: number, month: number): {work: Working; litter: number} {
  const {p} = work.input;
  const dormant = isDormant(p, month);
  if (work.pools.stemsPerHa <= 0 || dormant === isDormant(p, before)) return {work, litter: 0};
  if (!dormant) {
    return {work: {...work, lai: laiOf(work.debt, specificLeafArea(p, work.ageYr))}, litter: 0};
  }
  const litter = work.pools.foliageTPerHa;
  return {work: {...work, debt: litter, lai: 0, pools: {...work.pools, foliageTPerHa: 0}}, litter};
}

/** The thinnings that are due; a dormant species loses its share of the foliage it owes. */
export function thin(work: Working, month: number): {work: Working; removed: number} {
  const dormant = isDormant(work.input.p, month);
  let {pools, debt, thinningsDone} = work;
  const before = mass(pools);
  for (
    let next = work.input.thinnings[thinningsDone];
    next !== undefined && work.endAgeYr >= next.ageYr && pools.stemsPerHa > 0;
    next = work.input.thinnings[thinningsDone]
  ) {
    const after = thinned({...pools, foliageTPerHa: dormant ? debt : pools.foliageTPerHa}, next);
    if (dormant) debt = after.foliageTPerHa;
    pools = {...after, foliageTPerHa: dormant ? 0 : after.foliageTPerHa};
    thinningsDone += 1;
  }
  if (thinningsDone === work.thinningsDone) return {work, removed: 0};
  const lai = dormant ? 0 : laiOf(pools.foliageTPerHa, specificLeafArea(work.input.p, work.ageYr));
  return {work: {...work, pools, debt, lai, thinningsDone}, removed: before - mass(pools)};
}

/** Deaths of the month, in leaf only: those without competition, then self-thinning at the species' share of basal area. */
export function die(
  work: Working,
  month: number,
  basalAreaShare: number,
): {work: Working; dead: number; selfThinning: number} {
  const {p} = work.input;
  if (work.pools.stemsPerHa <= 0 || isDormant(p, month)) return {work, dead: 0, selfThinning: 0};
  const deadTree = {foliage: p.mF, root: p.mR, stem: p.mS};
  const percentPerYear = atAge(work.endAgeYr, {
    young: p.gammaN0,
    old: p.gammaN1,
    halfway: p.tgammaN,
    power: p.ngammaN,
  });
  let {pools} = work;
  pools = withDeaths(pools, (percentPerYear * pools.stemsPerHa) / 1200, deadTree);
  const selfThinning =
    basalAreaShare *
    selfThinningDeaths(
      {stemsPerHa: pools.stemsPerHa / basalAreaShare, stemTPerHa: pools.stemTPerHa / basalAreaShare},
      {at1000Kg: p.wSx1000, power: p.thinPower},
      p.mS,
    );
  pools = withDeaths(pools, selfThinning, deadTree);
  if (pools.stemsPerHa === work.pools.stemsPerHa) return {work, dead: 0, selfThinning: 0};
  const lai = laiOf(pools.foliageTPerHa, specificLeafArea(p, work.ageYr));
  return {work: {...work, pools, lai}, dead: mass(work.pools) - mass(pools), selfThinning};
}
