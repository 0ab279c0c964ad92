import type {CoreElementId} from '#schemas';

/**
 * Decimals of a value as its sensor gives it, in the catalogue's unit: what the makers' interfaces print. Elements that are
 * not here (a site's own) get four.
 */
export const SENSOR_DECIMALS: Partial<Record<CoreElementId, number>> = {
  slope_displacement: 1,
  slope_tilt: 3,
  water_level: 3,
  discharge: 4,
  water_temperature: 2,
  water_ph: 2,
  dissolved_oxygen: 2,
  turbidity: 1,
  codmn: 2,
  ammonia_nitrogen: 3,
  total_phosphorus: 4,
  total_nitrogen: 3,
  chlorophyll_a: 1,
  soil_moisture: 4,
  soil_temperature: 1,
  soil_ph: 2,
  soil_conductivity: 3,
  soil_available_nitrogen: 1,
  air_temperature: 1,
  relative_humidity: 1,
  air_pressure: 2,
  wind_speed: 1,
  wind_direction: 0,
  precipitation: 1,
  solar_radiation: 1,
  pm2_5: 1,
  pm10: 1,
  ozone: 1,
  nitrogen_dioxide: 1,
  sulfur_dioxide: 1,
  carbon_monoxide: 3,
  carbon_dioxide: 1,
  negative_oxygen_ion: 0,
  stem_diameter: 4,
  ndvi: 3,
  canopy_temperature: 2,
  litter_moisture: 1,
  bird_detection_rate: 0,
  bird_species_richness: 0,
  soundscape_index: 3,
  wildlife_detection_rate: 0,
  paddy_water_depth: 1,
  pest_trap_count: 0,
  visitors_on_island: 0,
  visitor_flow: 0,
  sound_level: 1,
  building_power: 1,
  pv_power: 1,
  fire_smoke_confidence: 3,
};

/** Rounds to a number of decimals, so that the text of the number has no more of them. */
export function rounder(decimals: number): (value: number) => number {
  const scale = 10 ** decimals;
  return (value) => Math.round(value * scale) / scale;
}
