import type {ResponseUnitRow} from '#schemas';

type Use = Omit<ResponseUnitRow, 'zone' | 'kind'>;

const guess = (
  regenerates: boolean,
  groundLai: number,
  groundRootDepthM: number,
  groundCarbonKgPerM2: number,
  curveNumber?: number,
): Use => ({
  regenerates,
  groundLai,
  groundRootDepthM,
  groundCarbonKgPerM2,
  ...(curveNumber === undefined ? {} : {curveNumber}),
  basis: 'guess',
  source: 'what is usual of such ground; a site says better in response-units.json',
});

/** Ground of a kind of zone about which the site says nothing; of woods as it is once no tree stands there: scrub, grass. */
const BY_KIND: Record<string, Use> = {
  forest: guess(true, 1.5, 0.4, 0.5),
  woodland: guess(false, 2.5, 0.4, 0.4),
  shrubland: guess(true, 1.5, 0.6, 0.5),
  wetland: guess(true, 2.5, 0.5, 0.5),
  drawdown: guess(false, 2, 0.4, 0.4),
  grassland: guess(false, 2.5, 0.4, 0.4),
  field: guess(false, 2, 0.5, 0.3),
  built: guess(false, 0.5, 0.3, 0.1, 85),
  road: guess(false, 0.1, 0.2, 0.02, 98),
};
const ANY = guess(false, 1.5, 0.4, 0.3);

/** How the ground of a zone is: by the site's rows for it or for its kind, else as such ground usually is. */
export function groundUse(rows: readonly ResponseUnitRow[], zone: {id: string; kind: string}): Use {
  return (
    rows.find((row) => row.zone === zone.id) ??
    rows.find((row) => row.zone === undefined && row.kind === zone.kind) ??
    BY_KIND[zone.kind] ??
    ANY
  );
}
