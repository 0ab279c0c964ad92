import {describe, expect, it} from 'vitest';
import {
  CATEGORIES,
  createValidator,
  ELEMENTS,
  ElementId,
  type ElementType,
  LONE_UNITS,
  UNIT_CODES,
  UNIT_ROWS,
} from '#schemas';

const elements = Object.entries(ELEMENTS) as unknown as [string, ElementType][];

/**
 * The catalogue as it was laid down (design table of the information model): id, category, unit, hard range, interval (s),
 * suspect range, step, spike suspect/fail, flat line tolerance and hours to suspect/fail; `-`: test not made.
 */
const LAID_DOWN =
  `slope_displacement | mountain | mm | -10000..10000 | 600 | -30..500 | 15 | 10/30 | 0.1 24/72
slope_tilt | mountain | deg | -90..90 | 600 | -5..5 | 0.5 | 0.2/1 | 0.001 48/168
soil_erosion_modulus | mountain | t/km2/a | 0..30000 | 86400 | 0..15000 | - | - | -
water_level | water | m | -450..9000 | 300 | 158..242 | 0.5 | 0.3/1 | 0.001 24/72
discharge | water | m3/s | -5..120000 | 300 | -0.5..20 | 5 | 2/8 | 0.0005 24/72 unless 0
water_temperature | water | Cel | -2..50 | 900 | 2..38 | 1.5 | 1/3 | 0.01 24/72
water_ph | water | [pH] | 0..14 | 900 | 5..10.5 | 0.5 | 0.3/1 | 0.005 24/48
dissolved_oxygen | water | mg/L | 0..25 | 900 | 0..20 | 3 | 2/5 | 0.01 12/24
turbidity | water | {NTU} | 0..4000 | 900 | 0..2500 | 300 | 100/500 | 0.01 12/24
water_transparency | water | m | 0..15 | 86400 | 0.05..6 | - | - | -
codmn | water | mg/L | 0..100 | 14400 | 0.3..30 | 8 | 5/15 | 0.001 20/40
ammonia_nitrogen | water | mg/L | 0..100 | 14400 | 0..8 | 1.5 | 1/3 | 0.0005 20/40
total_phosphorus | water | mg/L | 0..20 | 14400 | 0..2 | 0.3 | 0.2/0.6 | 0.0001 20/40
total_nitrogen | water | mg/L | 0..100 | 14400 | 0..15 | 3 | 2/5 | 0.001 20/40
chlorophyll_a | water | ug/L | 0..400 | 900 | 0..250 | 30 | 20/80 | 0.05 12/24
soil_moisture | soil | m3/m3 | 0..0.70 | 1800 | 0.03..0.55 | 0.2 | 0.05/0.15 | 0.0005 168/336
soil_temperature | soil | Cel | -50..80 | 1800 | 0..45 | 4 | 2/5 | 0.05 120/240
soil_ph | soil | [pH] | 0..14 | 21600 | 4..9.5 | 1 | 0.8/2 | 0.01 336/720
soil_conductivity | soil | dS/m | 0..23 | 1800 | 0..5 | 1 | 0.5/2 | 0.001 168/336
soil_available_nitrogen | soil | mg/kg | 0..1000 | 21600 | 2..400 | 100 | 80/200 | 0.5 336/720
soil_organic_matter | soil | g/kg | 0..300 | - | 1..120 | - | - | -
air_temperature | air | Cel | -90..60 | 60 | -5..45 | 2 | 1.5/5 | 0.05 3/6
relative_humidity | air | % | 0..100 | 60 | 8..100 | 15 | 10/30 | 0.1 12/24 unless >= 98
air_pressure | air | hPa | 300..1100 | 60 | 955..1025 | 1.5 | 1/4 | 0.02 6/12
wind_speed | air | m/s | 0..75 | 60 | 0..35 | 20 | 12/30 | 0.01 6/12 unless 0
wind_direction | air | deg | 0..360 | 60 | 0..360 | - | - | 0.1 6/12 unless calm
precipitation | air | mm | 0..200 | 60 | 0..15 | 10 | - | -
solar_radiation | air | W/m2 | -10..1500 | 60 | -5..1300 | 1000 | - | 0.5 3/6 by day
pm2_5 | air | ug/m3 | 0..1000 | 300 | 0..600 | 100 | 60/200 | 0.1 6/12
pm10 | air | ug/m3 | 0..2000 | 300 | 0..800 | 150 | 100/300 | 0.1 6/12
ozone | air | ug/m3 | 0..1000 | 300 | 0..500 | 80 | 60/150 | 0.1 12/24
nitrogen_dioxide | air | ug/m3 | 0..1000 | 300 | 0..400 | 80 | 60/150 | 0.1 12/24
sulfur_dioxide | air | ug/m3 | 0..3000 | 300 | 0..500 | 80 | 60/150 | 0.1 48/96
carbon_monoxide | air | mg/m3 | 0..150 | 300 | 0..20 | 2 | 1.5/4 | 0.005 24/72
carbon_dioxide | air | umol/mol | 300..5000 | 300 | 350..1000 | 80 | 50/150 | 0.5 6/12
negative_oxygen_ion | air | /cm3 | 0..500000 | 300 | 0..50000 | 5000 | 3000/15000 | 1 6/12
stem_diameter | plant | cm | 0..500 | 1800 | 1..250 | 0.2 | 0.05/0.3 | 0.0001 336/720
tree_height | plant | m | 0..100 | - | 0.2..45 | - | - | -
ndvi | plant | 1 | -1..1 | 900 | -0.2..1 | 0.3 | 0.2/0.5 | 0.001 24/72 by day
canopy_temperature | plant | Cel | -20..70 | 900 | -3..60 | 8 | 5/15 | 0.05 6/12
litter_moisture | plant | % | 0..300 | 3600 | 3..250 | 60 | 40/120 | 0.1 48/96
bird_detection_rate | animal | {detection}/h | 0..3600 | 3600 | 0..1500 | - | - | -
bird_species_richness | animal | {species} | 0..200 | 86400 | 0..71 | - | - | -
soundscape_index | animal | 1 | -1..1 | 3600 | -1..1 | - | - | 0.001 24/48
wildlife_detection_rate | animal | {event}/d | 0..5000 | 86400 | 0..500 | - | - | -
paddy_water_depth | field | cm | -50..100 | 900 | -30..70 | 10 | 5/20 | 0.05 48/168
pest_trap_count | field | {count} | 0..100000 | 86400 | 0..5000 | - | - | -
visitors_on_island | people | {person} | 0..60000 | 300 | 0..20000 | 3000 | - | -
visitor_flow | people | {person}/h | 0..20000 | 300 | 0..6000 | - | - | -
sound_level | people | dB[SPL] | 20..140 | 60 | 25..110 | 40 | - | 0.05 1/3
building_power | facility | kW | 0..20000 | 60 | 0..5000 | 2000 | 1000/3000 | 0.05 6/12
pv_power | facility | kW | 0..20000 | 60 | 0..1200 | 900 | - | 0.01 3/6 by day
fire_smoke_confidence | event | 1 | 0..1 | 60 | 0..1 | - | - | -
work_order_backlog | event | {count} | 0..10000 | 300 | 0..1000 | - | - | -`
    .trim()
    .split('\n')
    .map((line) => line.split(' | '));

const range = (text: string) => text.split('..').map(Number);

describe('the catalogue', () => {
  it('has exactly 10 categories and 54 elements, 3/12/6/15/5/4/2/3/2/2', () => {
    expect(Object.keys(CATEGORIES)).toEqual([
      'mountain',
      'water',
      'soil',
      'air',
      'plant',
      'animal',
      'field',
      'people',
      'facility',
      'event',
    ]);
    const counts = Object.keys(CATEGORIES).map(
      (id) => elements.filter(([, {category}]) => category === id).length,
    );
    expect(counts).toEqual([3, 12, 6, 15, 5, 4, 2, 3, 2, 2]);
    expect(elements).toHaveLength(54);
  });

  it('lists them in the order laid down', () => {
    expect(elements.map(([id]) => id)).toEqual(LAID_DOWN.map(([id]) => id));
  });

  it.each(LAID_DOWN)(
    '%s is as laid down',
    (id, category, unit, hard, interval, suspect, step, spike, flat) => {
      const element = (ELEMENTS as Record<string, ElementType>)[id!]!;
      expect(element.category).toBe(category);
      expect(element.unit).toBe(unit);
      expect(element.hardRange).toEqual(range(hard!));
      expect(element.suspectRange).toEqual(range(suspect!));
      expect(element.intervalS).toBe(interval === '-' ? null : Number(interval));
      expect(element.quality.step).toBe(step === '-' ? undefined : Number(step));
      const [suspectSpike, failSpike] = spike!.split('/').map(Number);
      expect(element.quality.spike).toEqual(
        spike === '-' ? undefined : {suspect: suspectSpike, fail: failSpike},
      );
      if (flat === '-') {
        expect(element.quality.flatLine).toBeUndefined();
      } else {
        const [tolerance, hours, ...except] = flat!.split(' ');
        const [suspectH, failH] = hours!.split('/').map(Number);
        const unless = {
          '': undefined,
          'by day': 'night',
          'unless calm': 'calm',
          'unless 0': {equals: 0},
          'unless >= 98': {atLeast: 98},
        }[except.join(' ')];
        expect(element.quality.flatLine).toEqual({
          tolerance: Number(tolerance),
          suspectH,
          failH,
          ...(unless === undefined ? {} : {unless}),
        });
      }
    },
  );

  it.each(elements)('%s holds together', (id, element) => {
    expect(createValidator(ElementId)(id)).toBe(true);
    expect(element.name.en.length * element.name.zh.length).toBeGreaterThan(0);
    const [low, high] = element.hardRange;
    for (const [inner, outer] of [
      [element.suspectRange, element.hardRange],
      [element.usualRange, element.suspectRange],
    ]) {
      expect(inner![0]).toBeLessThan(inner![1]);
      expect(inner![0]).toBeGreaterThanOrEqual(outer![0]);
      expect(inner![1]).toBeLessThanOrEqual(outer![1]);
    }
    expect(low).toBeLessThan(high);
    const {spike, flatLine} = element.quality;
    if (spike) expect(spike.suspect).toBeLessThan(spike.fail);
    if (flatLine) expect(flatLine.suspectH).toBeLessThan(flatLine.failH);
    if (element.statistic === 'point') expect(element.period).toBeNull();
    else if (id !== 'precipitation') expect(element.period).not.toBeNull();
    const known: readonly string[] = [
      ...Object.values(UNIT_ROWS).flatMap((row) => row.map(([code]) => code)),
      ...LONE_UNITS,
    ];
    expect(known).toContain(element.unit);
    expect(UNIT_CODES).toContain(element.unit);
  });

  it.each([
    ['circularMean', ['wind_direction']],
    ['sum', ['precipitation', 'pest_trap_count']],
    ['energyMean', ['sound_level']],
  ])('rolls up by %s: %j', (rollUp, ids) => {
    expect(elements.filter(([, element]) => element.rollUp === rollUp).map(([id]) => id)).toEqual(ids);
  });

  it.each([
    [
      'mean PT1M',
      ['wind_speed', 'wind_direction', 'solar_radiation', 'sound_level', 'building_power', 'pv_power'],
    ],
    [
      'mean PT5M',
      ['pm2_5', 'pm10', 'ozone', 'nitrogen_dioxide', 'sulfur_dioxide', 'carbon_monoxide', 'visitor_flow'],
    ],
    ['mean PT1H', ['bird_detection_rate', 'soundscape_index']],
    ['mean P1D', ['soil_erosion_modulus', 'water_transparency', 'wildlife_detection_rate']],
    ['sum P1D', ['bird_species_richness', 'pest_trap_count']],
    ['sum null', ['precipitation']],
  ])('a bare number is %s for %j alone', (what, ids) => {
    expect(
      elements.filter(([, {statistic, period}]) => `${statistic} ${period}` === what).map(([id]) => id),
    ).toEqual(ids);
  });

  it.each([
    ['derived', ['soil_erosion_modulus', 'water_transparency', 'bird_species_richness', 'soundscape_index']],
    ['surveyed', ['soil_organic_matter', 'tree_height']],
    ['platform', ['visitors_on_island', 'work_order_backlog']],
  ])('%s are %j', (provenance, ids) => {
    expect(elements.filter(([, element]) => element.provenance === provenance).map(([id]) => id)).toEqual(
      ids,
    );
  });

  it('gives no vocabulary term to two elements, but where the vocabulary knows one quantity only', () => {
    for (const term of ['standardName', 'ttn', 'hj212'] as const) {
      const given = elements.flatMap(([, {terms}]) => (terms[term] === undefined ? [] : [terms[term]]));
      expect(new Set(given).size).toBe(given.length);
    }
  });
});
