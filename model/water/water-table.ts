/** An aquifer beside a river, uniform and long. */
export type BankAquifer = {
  /** Of water that drains from the ground as the table falls. */
  storageFraction: number;
  transmissivityM2PerDay: number;
};

/**
 * How a river's rise and fall of one period arrives in the ground at a distance from the bank: the share of the amplitude that is
 * left, exp(−x·√(πS/(TP))), and the days it is late, x·√(PS/(4πT)).
 * Source: Ferris (1951), as in Bear (1972), Dynamics of Fluids in Porous Media, section 8.4.
 */
export function bankResponse(
  distanceM: number,
  periodDays: number,
  aquifer: BankAquifer,
): {amplitudeFraction: number; lagDays: number} {
  const {storageFraction, transmissivityM2PerDay} = aquifer;
  return {
    amplitudeFraction: Math.exp(
      -distanceM * Math.sqrt((Math.PI * storageFraction) / (transmissivityM2PerDay * periodDays)),
    ),
    lagDays: distanceM * Math.sqrt((periodDays * storageFraction) / (4 * Math.PI * transmissivityM2PerDay)),
  };
}

/** Level of the water table, m, from the river's mean level and its level as many days ago as the response is late. */
export function waterTableLevelM(of: {
  meanRiverLevelM: number;
  earlierRiverLevelM: number;
  amplitudeFraction: number;
}): number {
  return of.meanRiverLevelM + of.amplitudeFraction * (of.earlierRiverLevelM - of.meanRiverLevelM);
}
