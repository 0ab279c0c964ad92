import type {SunPosition} from '#model';

export type Rgb = readonly [number, number, number];

/** What lights the scene at one position of the sun; colours are linear and may exceed 1. */
export type SkyLight = {
  /** Unit vector towards what casts the shadows: the sun, or at night a moon that stands for it. */
  direction: {east: number; up: number; north: number};
  /** Unit vector towards the sun itself, also below the horizon. */
  sun: {east: number; up: number; north: number};
  colour: Rgb;
  /** Light from above and from the ground. */
  skyAmbient: Rgb;
  groundAmbient: Rgb;
  zenith: Rgb;
  horizon: Rgb;
  /** Added to the sky around the sun. */
  glow: Rgb;
  /** 0 by day, 1 at night: lamps and stars. */
  night: number;
  exposure: number;
};

const RAD = Math.PI / 180;

type Key = {
  elevationDeg: number;
  colour: Rgb;
  skyAmbient: Rgb;
  groundAmbient: Rgb;
  zenith: Rgb;
  horizon: Rgb;
  glow: Rgb;
  night: number;
  exposure: number;
};

/** Light by the sun's elevation, chosen by eye against photographs; between two keys everything is mixed. */
const KEYS: readonly Key[] = [
  {
    elevationDeg: -16,
    colour: [0.27, 0.36, 0.56],
    skyAmbient: [0.115, 0.15, 0.235],
    groundAmbient: [0.05, 0.055, 0.07],
    zenith: [0.011, 0.02, 0.048],
    horizon: [0.062, 0.074, 0.112],
    glow: [0, 0, 0],
    night: 1,
    exposure: 1.5,
  },
  {
    elevationDeg: -8,
    colour: [0.22, 0.27, 0.42],
    skyAmbient: [0.135, 0.17, 0.275],
    groundAmbient: [0.055, 0.058, 0.072],
    zenith: [0.019, 0.04, 0.105],
    horizon: [0.19, 0.17, 0.2],
    glow: [0.24, 0.1, 0.04],
    night: 0.85,
    exposure: 1.42,
  },
  {
    elevationDeg: -3,
    colour: [0.34, 0.24, 0.22],
    skyAmbient: [0.19, 0.22, 0.33],
    groundAmbient: [0.075, 0.068, 0.07],
    zenith: [0.045, 0.085, 0.2],
    horizon: [0.5, 0.35, 0.29],
    glow: [0.6, 0.25, 0.08],
    night: 0.45,
    exposure: 1.25,
  },
  {
    elevationDeg: 2,
    colour: [1.55, 0.78, 0.36],
    skyAmbient: [0.29, 0.33, 0.44],
    groundAmbient: [0.11, 0.095, 0.08],
    zenith: [0.085, 0.16, 0.36],
    horizon: [0.78, 0.58, 0.44],
    glow: [0.9, 0.45, 0.16],
    night: 0.08,
    exposure: 1.16,
  },
  {
    elevationDeg: 9,
    colour: [2.95, 2.2, 1.42],
    skyAmbient: [0.37, 0.44, 0.56],
    groundAmbient: [0.13, 0.12, 0.09],
    zenith: [0.075, 0.175, 0.44],
    horizon: [0.6, 0.59, 0.57],
    glow: [0.42, 0.3, 0.16],
    night: 0,
    exposure: 1.12,
  },
  {
    elevationDeg: 24,
    colour: [2.95, 2.58, 2.05],
    skyAmbient: [0.32, 0.41, 0.54],
    groundAmbient: [0.135, 0.125, 0.088],
    zenith: [0.055, 0.165, 0.5],
    horizon: [0.46, 0.6, 0.76],
    glow: [0.2, 0.175, 0.12],
    night: 0,
    exposure: 1.02,
  },
  {
    elevationDeg: 55,
    colour: [3.1, 2.9, 2.55],
    skyAmbient: [0.32, 0.415, 0.55],
    groundAmbient: [0.14, 0.13, 0.095],
    zenith: [0.045, 0.155, 0.52],
    horizon: [0.44, 0.6, 0.78],
    glow: [0.15, 0.14, 0.11],
    night: 0,
    exposure: 0.96,
  },
];

const mix = (a: number, b: number, t: number) => a + (b - a) * t;
const mixRgb = (a: Rgb, b: Rgb, t: number): Rgb => [
  mix(a[0], b[0], t),
  mix(a[1], b[1], t),
  mix(a[2], b[2], t),
];

function toward(azimuthDeg: number, elevationDeg: number) {
  const a = azimuthDeg * RAD;
  const e = elevationDeg * RAD;
  return {east: Math.sin(a) * Math.cos(e), up: Math.sin(e), north: Math.cos(a) * Math.cos(e)};
}

/**
 * Light of the hour. From 1° below the horizon down, the caster of shadows turns into a moon that stands opposite to
 * the sun at a height of 38°, so that relief can be read at night; it is a drawing light, not the moon's own place.
 */
export function skyLight({azimuthDeg, elevationDeg}: SunPosition): SkyLight {
  const clamped = Math.min(
    KEYS[KEYS.length - 1]!.elevationDeg,
    Math.max(KEYS[0]!.elevationDeg, elevationDeg),
  );
  const after = Math.max(
    1,
    KEYS.findIndex((key) => key.elevationDeg >= clamped),
  );
  const a = KEYS[after - 1]!;
  const b = KEYS[after]!;
  const t = (clamped - a.elevationDeg) / (b.elevationDeg - a.elevationDeg);
  const isNight = elevationDeg < -3;
  return {
    direction: isNight ? toward(azimuthDeg + 150, 38) : toward(azimuthDeg, Math.max(1.2, elevationDeg)),
    sun: toward(azimuthDeg, elevationDeg),
    colour: mixRgb(a.colour, b.colour, t),
    skyAmbient: mixRgb(a.skyAmbient, b.skyAmbient, t),
    groundAmbient: mixRgb(a.groundAmbient, b.groundAmbient, t),
    zenith: mixRgb(a.zenith, b.zenith, t),
    horizon: mixRgb(a.horizon, b.horizon, t),
    glow: mixRgb(a.glow, b.glow, t),
    night: mix(a.night, b.night, t),
    exposure: mix(a.exposure, b.exposure, t),
  };
}
