/**
 * The Canadian Forest Fire Weather Index System: three moisture codes carried from day to day, and what follows from them.
 * Noon values: air temperature °C, relative humidity %, wind at 10 m km/h, rain of the last 24 h mm.
 *
 * Source: Van Wagner (1987), Forestry Technical Report 35, and Van Wagner & Pickett (1985), Forestry Technical Report 33, whose
 * equation numbers stand below; day lengths and their latitudes as in cffdrs (Lawson & Armitage 2008).
 */
export type FireWeather = {
  airTemperatureC: number;
  relativeHumidityPercent: number;
  windKmPerH: number;
  rainMm: number;
};

/** Moisture codes: fine fuel, duff, drought. */
export type MoistureCodes = {ffmc: number; dmc: number; dc: number};
/** Initial spread, build-up, fire weather index, daily severity. */
export type FireBehaviour = {isi: number; bui: number; fwi: number; dsr: number};

/** What a season starts with three days after the snow has gone. */
export const SPRING_CODES: MoistureCodes = {ffmc: 85, dmc: 6, dc: 15};

/** Moisture scale of the FFMC: 250·59.5/101, so that the code is 0 at 250 %. */
const FFMC_SCALE = (250 * 59.5) / 101;

const DMC_DAY_LENGTH = {
  north: [6.5, 7.5, 9, 12.8, 13.9, 13.9, 12.4, 10.9, 9.4, 8, 7, 6],
  northOfEquator: [7.9, 8.4, 8.9, 9.5, 9.9, 10.2, 10.1, 9.7, 9.1, 8.6, 8.1, 7.8],
  southOfEquator: [10.1, 9.6, 9.1, 8.5, 8.1, 7.8, 7.9, 8.3, 8.9, 9.4, 9.9, 10.2],
  south: [11.5, 10.5, 9.2, 7.9, 6.8, 6.2, 6.5, 7.4, 8.7, 10, 11.2, 11.8],
} as const;
const DMC_DAY_LENGTH_EQUATOR = 9;
const DC_DAY_LENGTH_NORTH = [-1.6, -1.6, -1.6, 0.9, 3.8, 5.8, 6.4, 5, 2.4, 0.4, -1.6, -1.6] as const;
const DC_DAY_LENGTH_EQUATOR = 1.4;

/** Effective day length of the duff moisture code; month 0 is January. */
function duffDayLength(month: number, latitudeDeg: number): number {
  if (latitudeDeg > 30) return DMC_DAY_LENGTH.north[month]!;
  if (latitudeDeg > 10) return DMC_DAY_LENGTH.northOfEquator[month]!;
  if (latitudeDeg > -10) return DMC_DAY_LENGTH_EQUATOR;
  if (latitudeDeg > -30) return DMC_DAY_LENGTH.southOfEquator[month]!;
  return DMC_DAY_LENGTH.south[month]!;
}

/** Day-length adjustment of the drought code; the south has the north's half a year later. */
function droughtDayLength(month: number, latitudeDeg: number): number {
  if (latitudeDeg > 20) return DC_DAY_LENGTH_NORTH[month]!;
  if (latitudeDeg > -20) return DC_DAY_LENGTH_EQUATOR;
  return DC_DAY_LENGTH_NORTH[(month + 6) % 12]!;
}

function fineFuelMoisturePercent(ffmc: number): number {
  return (FFMC_SCALE * (101 - ffmc)) / (59.5 + ffmc);
}

/** Fine fuel moisture code of a day from that of the day before: eqs. 1–10. */
function nextFfmc(before: number, day: FireWeather): number {
  const {airTemperatureC: t, relativeHumidityPercent: h, windKmPerH: w, rainMm} = day;
  let m = fineFuelMoisturePercent(before);
  if (rainMm > 0.5) {
    const rain = rainMm - 0.5;
    const heavy = m > 150 ? 0.0015 * (m - 150) ** 2 * Math.sqrt(rain) : 0;
    m += 42.5 * rain * Math.exp(-100 / (251 - m)) * (1 - Math.exp(-6.93 / rain)) + heavy;
    m = Math.min(m, 250);
  }
  const warmth = 0.18 * (21.1 - t) * (1 - Math.exp(-0.115 * h));
  const damp = Math.exp((h - 100) / 10);
  const drying = 0.942 * h ** 0.679 + 11 * damp + warmth;
  const wetting = 0.618 * h ** 0.753 + 10 * damp + warmth;
  const rate = (share: number) =>
    (0.424 * (1 - share ** 1.7) + 0.0694 * Math.sqrt(w) * (1 - share ** 8)) * 0.581 * Math.exp(0.0365 * t);
  if (m > drying) m = drying + (m - drying) * 10 ** -rate(h / 100);
  else if (m < wetting) m = wetting - (wetting - m) * 10 ** -rate((100 - h) / 100);
  return Math.min(101, Math.max(0, (59.5 * (250 - m)) / (FFMC_SCALE + m)));
}

/** Duff moisture code: eqs. 11–16. */
function nextDmc(before: number, day: FireWeather, month: number, latitudeDeg: number): number {
  const {relativeHumidityPercent: h, rainMm} = day;
  let code = before;
  if (rainMm > 1.5) {
    const rain = 0.92 * rainMm - 1.27;
    // Eq. 12 as the program of 1985 and cffdrs compute it.
    const moisture = 20 + 280 / Math.exp(0.023 * before);
    const b =
      before <= 33
        ? 100 / (0.5 + 0.3 * before)
        : before <= 65
          ? 14 - 1.3 * Math.log(before)
          : 6.2 * Math.log(before) - 17.2;
    const wet = moisture + (1000 * rain) / (48.77 + b * rain);
    code = Math.max(0, 43.43 * (5.6348 - Math.log(wet - 20)));
  }
  const t = Math.max(day.airTemperatureC, -1.1);
  return code + 1.894e-4 * (t + 1.1) * (100 - h) * duffDayLength(month, latitudeDeg);
}

/** Drought code: eqs. 18–23. */
function nextDc(before: number, day: FireWeather, month: number, latitudeDeg: number): number {
  let code = before;
  if (day.rainMm > 2.8) {
    const rain = 0.83 * day.rainMm - 1.27;
    const wet = 800 * Math.exp(-before / 400) + 3.937 * rain;
    code = Math.max(0, 400 * Math.log(800 / wet));
  }
  const t = Math.max(day.airTemperatureC, -2.8);
  return code + Math.max(0, 0.36 * (t + 2.8) + droughtDayLength(month, latitudeDeg)) / 2;
}

function requireWithin(what: string, value: number, least: number, most: number): void {
  if (!(value >= least && value <= most)) {
    throw new RangeError(`${what}: expected ${least} to ${most}, got ${value}`);
  }
}

/**
 * Codes of a day from those of the day before; month 0 is January.
 * @throws {RangeError} for codes, weather or a place that are not known or cannot be: a code would carry it through the season.
 */
export function nextMoistureCodes(
  before: MoistureCodes,
  day: FireWeather,
  {month, latitudeDeg}: {month: number; latitudeDeg: number},
): MoistureCodes {
  const {relativeHumidityPercent, windKmPerH, rainMm, airTemperatureC} = day;
  requireWithin('air temperature °C', airTemperatureC, -90, 60);
  requireWithin('relative humidity %', relativeHumidityPercent, 0, 100);
  requireWithin('wind km/h', windKmPerH, 0, 500);
  requireWithin('rain mm', rainMm, 0, 2000);
  requireWithin('FFMC', before.ffmc, 0, 101);
  requireWithin('DMC', before.dmc, 0, Number.MAX_VALUE);
  requireWithin('DC', before.dc, 0, Number.MAX_VALUE);
  requireWithin('latitude °', latitudeDeg, -90, 90);
  if (!(Number.isInteger(month) && month >= 0 && month <= 11)) {
    throw new RangeError(`expected a month of 0 (January) to 11, got ${month}`);
  }
  return {
    ffmc: nextFfmc(before.ffmc, day),
    dmc: nextDmc(before.dmc, day, month, latitudeDeg),
    dc: nextDc(before.dc, day, month, latitudeDeg),
  };
}

/** Spread, fuel, index and severity of a day: eqs. 24–31 and 41. */
export function fireBehaviour({ffmc, dmc, dc}: MoistureCodes, windKmPerH: number): FireBehaviour {
  const m = fineFuelMoisturePercent(ffmc);
  const fuel = 91.9 * Math.exp(-0.1386 * m) * (1 + m ** 5.31 / 4.93e7);
  const isi = 0.208 * Math.exp(0.05039 * windKmPerH) * fuel;
  let bui = 0;
  if (dmc > 0 || dc > 0) {
    const share = (0.8 * dc) / (dmc + 0.4 * dc);
    bui = dmc <= 0.4 * dc ? share * dmc : dmc - (1 - share) * (0.92 + (0.0114 * dmc) ** 1.7);
    bui = Math.max(0, bui);
  }
  const duff = bui <= 80 ? 0.626 * bui ** 0.809 + 2 : 1000 / (25 + 108.64 * Math.exp(-0.023 * bui));
  const b = 0.1 * isi * duff;
  // biome-ignore lint/suspicious/noApproximativeNumericConstant: as printed; log10(e) itself would move the index by 0.04 %
  const fwi = b <= 1 ? b : Math.exp(2.72 * (0.434 * Math.log(b)) ** 0.647);
  return {isi, bui, fwi, dsr: 0.0272 * fwi ** 1.77};
}
