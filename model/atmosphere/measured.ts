/** A measured value within its bounds (inclusive), or null: what is not a number or not possible counts as not measured. */
export function measured(value: number | null, least: number, most: number): number | null {
  return value !== null && value >= least && value <= most ? value : null;
}

/** Relative humidity, percent, or null: a sensor that reads up to 105 in fog stands at 100. */
export function measuredHumidityPercent(value: number | null): number | null {
  const percent = measured(value, 0, 105);
  return percent === null ? null : Math.min(100, percent);
}

/** Bounds beyond which a reading is no weather. */
export const WEATHER_BOUNDS = {
  airTemperatureC: [-90, 60],
  vapourPressureKPa: [0, 15],
  windSpeedMPerS: [0, 120],
  radiationMjPerDay: [0, 50],
  radiationMjPerHour: [0, 6],
  sunshineH: [0, 24],
} as const;
