/**
 * Sun and radiation outside the atmosphere, after FAO-56 (Allen, Pereira, Raes & Smith 1998), equations 21–33.
 * Day of year counts from 1; angles inside are radians.
 */
const SOLAR_CONSTANT_W = 1367;
const DAY_MS = 86_400_000;

export type SolarDay = {
  /** sin φ sin δ and cos φ cos δ. */
  a: number;
  b: number;
  /** Inverse relative distance Earth–Sun. */
  distance: number;
  /** Seasonal correction of solar time, hours (32). */
  correctionH: number;
  /** Hours of daylight (34). */
  daylightH: number;
  /** Radiation outside the atmosphere over the day, MJ/m² (21). */
  outsideMj: number;
};

export function solarDay(latitudeDeg: number, dayOfYear: number): SolarDay {
  const phi = (latitudeDeg * Math.PI) / 180;
  const delta = 0.409 * Math.sin((2 * Math.PI * dayOfYear) / 365 - 1.39);
  const distance = 1 + 0.033 * Math.cos((2 * Math.PI * dayOfYear) / 365);
  const a = Math.sin(phi) * Math.sin(delta);
  const b = Math.cos(phi) * Math.cos(delta);
  const sunset = Math.acos(Math.min(1, Math.max(-1, -Math.tan(phi) * Math.tan(delta))));
  const beta = (2 * Math.PI * (dayOfYear - 81)) / 364;
  return {
    a,
    b,
    distance,
    correctionH: 0.1645 * Math.sin(2 * beta) - 0.1255 * Math.cos(beta) - 0.025 * Math.sin(beta),
    daylightH: (24 / Math.PI) * sunset,
    outsideMj: ((24 * 60) / Math.PI) * 0.082 * distance * (sunset * a + b * Math.sin(sunset)),
  };
}

/** Solar geometry of one place, by day kept, quick to ask for any instant. */
export class Sun {
  readonly latitudeDeg: number;
  readonly longitudeDeg: number;
  readonly #days: SolarDay[];

  constructor(latitudeDeg: number, longitudeDeg: number) {
    this.latitudeDeg = latitudeDeg;
    this.longitudeDeg = longitudeDeg;
    this.#days = Array.from({length: 367}, (_, day) => solarDay(latitudeDeg, day));
  }

  /** `dayIndex`: 0 on 1 January. */
  day(dayIndex: number): SolarDay {
    return this.#days[Math.min(366, dayIndex + 1)]!;
  }

  /** Sine of the sun's elevation; `dayIndex` is the day of the year (0 on 1 January) at that instant. */
  sinElevation(timeMs: number, dayIndex: number): number {
    const {a, b, correctionH} = this.day(dayIndex);
    const utcH = (timeMs - Math.floor(timeMs / DAY_MS) * DAY_MS) / 3_600_000;
    const solarH = utcH + this.longitudeDeg / 15 + correctionH;
    return a + b * Math.cos((Math.PI / 12) * (solarH - 12));
  }

  /** Radiation on a level surface outside the atmosphere, W/m²; 0 by night. */
  outsideW(timeMs: number, dayIndex: number): number {
    const sine = this.sinElevation(timeMs, dayIndex);
    return sine > 0 ? SOLAR_CONSTANT_W * this.day(dayIndex).distance * sine : 0;
  }

  /** Solar time of the sunrise, hours. */
  sunriseH(dayIndex: number): number {
    return 12 - this.day(dayIndex).daylightH / 2;
  }
}

/** Saturation vapour pressure over water, kPa (11). */
export function saturationKPa(temperatureC: number): number {
  return 0.6108 * Math.exp((17.27 * temperatureC) / (temperatureC + 237.3));
}

/**
 * Reference evapotranspiration of one hour, mm: FAO-56 Penman–Monteith in its hourly form (53), with G 0.1 Rn by day and
 * 0.5 Rn by night (45, 46). Never negative here: dew is left out.
 */
export function et0Hour(of: {
  temperatureC: number;
  vapourKPa: number;
  windMPerS: number;
  radiationW: number;
  clearness: number;
  pressureHPa: number;
}): number {
  const {temperatureC, vapourKPa, windMPerS, radiationW, clearness, pressureHPa} = of;
  const es = saturationKPa(temperatureC);
  const slope = (4098 * es) / (temperatureC + 237.3) ** 2;
  const gamma = 0.0665e-2 * (pressureHPa / 10);
  const rs = radiationW * 0.0036;
  const cloud = Math.min(1, Math.max(0.3, clearness / 0.75));
  const rnl =
    (4.903e-9 / 24) *
    (temperatureC + 273.16) ** 4 *
    (0.34 - 0.14 * Math.sqrt(vapourKPa)) *
    (1.35 * cloud - 0.35);
  const rn = 0.77 * rs - rnl;
  const soil = rs > 0 ? 0.1 * rn : 0.5 * rn;
  const u2 = windMPerS * 0.748;
  const et =
    (0.408 * slope * (rn - soil) + gamma * (37 / (temperatureC + 273)) * u2 * Math.max(0, es - vapourKPa)) /
    (slope + gamma * (1 + 0.34 * u2));
  return Math.max(0, et);
}
