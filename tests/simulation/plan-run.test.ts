import {createHash} from 'node:crypto';
import {serialize} from 'node:v8';
import {beforeAll, describe, expect, it} from 'vitest';
import {EcoError, type Scenario} from '#schemas';
import {type PlaceInput, planRun, type RunPlan, weatherOf} from '#simulation';
import {ISLAND, placeIn, SALTMARSH} from './read-place.ts';

let island: PlaceInput;
let saltmarsh: PlaceInput;
beforeAll(async () => {
  island = await placeIn(ISLAND);
  saltmarsh = await placeIn(SALTMARSH);
}, 60_000);

function scenarioOf(change: Partial<Scenario> = {}): Scenario {
  return {
    schemaVersion: 1,
    id: 'plain',
    site: 'guangyang',
    name: {en: 'Plain', zh: '普通'},
    start: {from: 'archive', date: '2026-01-01'},
    years: 10,
    climate: {from: 'normals'},
    seed: 7,
    ...change,
  };
}
const plan = (change: Partial<Scenario> = {}, place = island) =>
  planRun({scenario: scenarioOf(change), place});
/** A digest of all of a plan, without the name of its scenario: numbers as their shortest exact text, columns as their bytes. */
function digest(of: RunPlan): string {
  const text = JSON.stringify({...of, scenario: ''}, (_, value: unknown) => {
    if (ArrayBuffer.isView(value))
      return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64');
    return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
  });
  return createHash('sha256').update(text).digest('hex');
}
const parameterOf = (of: RunPlan, id: string) => of.species[of.speciesIds.indexOf(id)]!;

describe('a plan', () => {
  it('is the same, to the last bit, each time', () => {
    const [once, again] = [plan().plan, plan().plan];
    expect(digest(again)).toBe(digest(once));
  });

  it('of "do nothing" is the baseline', () => {
    const nothing = scenarioOf({
      id: 'nothing',
      name: {en: 'Do nothing', zh: '什么都不做'},
      operations: [],
      events: [],
      parameters: [],
      regenerate: true,
      physiology: 'min',
      members: 1,
      recruitDbhCm: 10,
    });
    expect(digest(planRun({scenario: nothing, place: island}).plan)).toBe(digest(plan().plan));
  });

  it('leaves the scenario and the site as they are', () => {
    const scenario = scenarioOf({
      operations: [
        {
          kind: 'thin',
          date: '2027-03-01',
          place: {zone: 'meadow'},
          rule: 'from-below',
          target: {removedFraction: 0.2},
        },
      ],
    });
    const before = [serialize(scenario), serialize(island.archive.trees.dbhCm), serialize(island.climate)];
    planRun({scenario, place: island});
    const after = [serialize(scenario), serialize(island.archive.trees.dbhCm), serialize(island.climate)];
    expect(after.every((one, k) => one.equals(before[k]!))).toBe(true);
  });

  it('can be sent to a worker, and its weather is the same there', () => {
    const {plan: here} = plan();
    const there = structuredClone(here);
    expect(weatherOf(there.climate, 3, 2031)).toEqual(weatherOf(here.climate, 3, 2031));
  });

  it('starts with the year that begins on or after its day', () => {
    expect(plan().plan.firstYear).toBe(2026);
    expect(plan({start: {from: 'archive', date: '2026-01-02'}}).plan.firstYear).toBe(2027);
    expect(() => plan({start: {from: 'archive'}})).toThrow('/start/date is nothing');
    const store: Scenario['start'] = {from: 'store', soilWater: []};
    expect(
      planRun({scenario: scenarioOf({start: store}), place: island, today: '2026-11-29'}).plan.firstYear,
    ).toBe(2027);
  });

  it('takes years, members and seed from whoever starts it', () => {
    const {plan: of} = planRun({scenario: scenarioOf(), place: island, years: 3, members: 8, seed: 99});
    expect(of).toMatchObject({years: 3, members: 8, seed: 99});
    expect(of.climate.seed).toBe(99);
    expect(Object.keys(of.parameterCv).length).toBeGreaterThan(3);
    expect(plan().plan.parameterCv).toEqual({});
    expect(plan({members: 8, parameterSpread: false}).plan.parameterCv).toEqual({});
  });

  it('has numbers for new trees that no tree of the archive has', () => {
    const {nextId, trees} = plan().plan;
    expect(trees.id.every((id) => id < nextId)).toBe(true);
  });

  it('is made of another site too: without archive, south of the equator, in a zone of half an hour', () => {
    const {plan: of, notes} = planRun({scenario: scenarioOf({site: 'lake-saltmarsh'}), place: saltmarsh});
    expect(notes).toEqual([]);
    expect(of.trees.id).toHaveLength(0);
    expect(of.units.every(({latitudeDeg}) => latitudeDeg < 0)).toBe(true);
    expect(of.climate.elevationM).toBeLessThan(0);
  });

  it('is refused with all that is wrong, for the wrong site or a wrong field', () => {
    try {
      planRun({scenario: scenarioOf({site: 'elsewhere', years: 0 as never}), place: island});
      expect.fail('no error');
    } catch (error) {
      expect(error).toBeInstanceOf(EcoError);
      expect((error as EcoError).code).toBe('scenario_invalid');
      expect((error as EcoError).details).toEqual([
        expect.objectContaining({path: '/years', value: 0, allowed: 'a whole number from 1 to 500'}),
      ]);
    }
    expect(() =>
      plan({climate: {from: 'station', station: 'x', fromDate: '2020-01-01', toDate: '2021-01-01'}}),
    ).toThrow('/climate/station');
  });
});

describe('a site that tells little', () => {
  const lines = ['date,tx,tn,rr'];
  for (let day = 0; day < 730; day += 1) {
    const date = new Date(Date.UTC(2021, 0, 1 + day)).toISOString().slice(0, 10);
    lines.push(`${date},${20 + (day % 7)},${10 + (day % 5)},${day % 3}`);
  }
  const climate: Scenario['climate'] = {
    from: 'file',
    file: 'days.csv',
    dateColumn: 'date',
    columns: [
      {column: 'tx', quantity: 'airTemperatureMaxC', unit: 'Cel'},
      {column: 'tn', quantity: 'airTemperatureMinC', unit: 'Cel'},
      {column: 'rr', quantity: 'rainMm', unit: 'mm'},
    ],
  };

  it('no climate, no terrain, no table of units: runs with a file', () => {
    const bare = {...island, climate: null, terrain: null, responseUnits: []};
    const {plan: of, notes} = planRun({
      scenario: scenarioOf({climate}),
      place: bare,
      climateFile: lines.join('\n'),
    });
    expect(of.species.length).toBe(plan().plan.species.length);
    expect(
      of.units.every(({groundM, floodedDays}) => groundM === null && floodedDays.every((days) => days === 0)),
    ).toBe(true);
    // two years over and over from their own dates: 2026 is as 2022
    expect(weatherOf(of.climate, 0, 2026).maxC[0]).toBe(20 + (365 % 7));
    expect(notes.join(' ')).toMatch(/range of temperature/);
  });

  it('no climate and no file: says what to name', () => {
    expect(() => plan({}, {...island, climate: null})).toThrow(
      '/climate/from is "normals", expected file or station: the site has no climate file with normals',
    );
    expect(() => plan({climate}, island)).toThrow(
      '/climate/file is "days.csv", expected a climate record that can be read',
    );
  });

  it('a file that is wrong: says where', () => {
    const text = lines.join('\n').replace('2021-03-01,', '2021-03-61,');
    expect(() => planRun({scenario: scenarioOf({climate}), place: island, climateFile: text})).toThrow(
      'days.csv, line 61',
    );
  });
});

describe('water at the start', () => {
  it('is that of the scenario, or of the store by its soil', () => {
    expect(
      plan({start: {from: 'archive', date: '2026-01-01', soilWaterFraction: 0.3}}).plan.units[0]!
        .startWaterFraction,
    ).toBe(0.3);
    const start: Scenario['start'] = {from: 'store', date: '2026-01-01', soilWater: []};
    const moisture = [
      {zone: 'hill_forest', moistureFraction: 0.21, depthM: 0.1},
      {zone: null, moistureFraction: 0.9, depthM: 0.1},
    ];
    const {plan: of} = planRun({scenario: scenarioOf({start}), place: island, moisture});
    const unit = of.units.find(({zone}) => zone === 'hill_forest')!;
    const {fieldCapacityFraction: high, wiltingPointFraction: low} = unit.bucket.layers[0]!;
    expect(unit.startWaterFraction).toBeCloseTo((0.21 - low) / (high - low), 9);
    expect(of.units.find(({zone}) => zone === 'meadow')!.startWaterFraction).toBe(1);
  });
});

describe('parameters', () => {
  const source = 'measured here';

  it('of a species and of a type are the scenario’s, with their source; others stay', () => {
    const base = plan().plan;
    const {plan: of} = plan({
      parameters: [
        {type: 'CON', values: {slaM2PerKg: 7, foliageA: 0.1}, label: 'guess', source: 'a type'},
        {species: 'pinus_massoniana', values: {slaM2PerKg: 6}, label: 'literature', source},
      ],
    });
    const pine = parameterOf(of, 'pinus_massoniana');
    expect(pine.values.slaM2PerKg).toBe(6);
    expect(pine.values.foliageA).toBe(0.1);
    expect(pine.basis.slaM2PerKg).toMatchObject({label: 'literature'});
    expect(pine.basis.slaM2PerKg.source).toContain(source);
    expect(parameterOf(of, 'cupressus_funebris').values.slaM2PerKg).toBe(7);
    const camphor = 'cinnamomum_camphora';
    expect(parameterOf(of, camphor)).toEqual(parameterOf(base, camphor));
  });

  it('that state a light-use efficiency keep it; the others are calibrated', () => {
    const {plan: of} = plan({
      parameters: [{species: 'ginkgo_biloba', values: {efficiency: 0.03}, label: 'literature', source}],
    });
    expect(parameterOf(of, 'ginkgo_biloba').values.efficiency).toBe(0.03);
    expect(parameterOf(of, 'ginkgo_biloba').basis.efficiency.label).toBe('literature');
    expect(parameterOf(of, 'celtis_sinensis').basis.efficiency.label).toBe('calibrated');
  });

  it('do not follow a scenario’s climate: what is compared is the same trees', () => {
    const warm = plan({climate: {from: 'normals', delta: {temperatureC: 3}, co2: {path: 'ssp585'}}}).plan;
    expect(JSON.stringify(warm.species) === JSON.stringify(plan().plan.species)).toBe(true);
  });
});

describe('operations', () => {
  const thin = {
    kind: 'thin',
    date: '2027-11-03',
    place: {zone: 'hill_forest'},
    rule: 'from-below',
    target: {stemsPerHa: 800},
  } as const;
  const plant = {kind: 'plant', date: '2027-03-12', species: 'machilus_nanmu', count: 40} as const;
  const MEADOW: [number, number][] = [
    [106.69822, 29.58174],
    [106.69972, 29.58174],
    [106.69972, 29.58305],
    [106.69822, 29.58305],
  ];

  it('find their units, ids and rings', () => {
    const {plan: of, impossible} = plan({
      operations: [
        thin,
        {...plant, place: {polygon: MEADOW}},
        {kind: 'coppice', date: '2028-01-01', place: {trees: [5, 3, 3]}},
      ],
    });
    expect(impossible).toEqual([]);
    const [planted, thinned, coppiced] = of.operations;
    expect(planted).toMatchObject({kind: 'plant', index: 1, year: 2027, month: 3, count: 40, dbhCm: 3});
    // 155 m × 155 m less the edges: 145 m by 145 m, by the geodesic of the corners
    expect(planted!.place.areaM2).toBeGreaterThan(20_000);
    expect(planted!.place.areaM2).toBeLessThan(22_000);
    expect(planted!.place.units.map((unit) => of.units[unit]!.zone)).toEqual(['meadow']);
    expect(thinned!.place.units.every((unit) => of.units[unit]!.zone === 'hill_forest')).toBe(true);
    expect(coppiced!.place.trees).toEqual([5, 3]);
  });

  it('take a zone with all zones in it', () => {
    const {plan: of} = plan({operations: [{...thin, place: {zone: 'island'}}]});
    expect(of.operations[0]!.place.units).toHaveLength(of.units.length);
  });

  it('are in the order of their days, and on one day in that of the list', () => {
    const later = {...thin, date: '2030-01-01'};
    const {plan: of} = plan({operations: [later, thin, {...thin, rule: 'from-above'}]});
    expect(of.operations.map(({index}) => index)).toEqual([1, 2, 0]);
  });

  it('come again as they are told to', () => {
    const years = (repeat: {everyYears: number; untilYear?: number}) =>
      plan({operations: [{...thin, repeat}]}).plan.operations.map(({year}) => year);
    expect(years({everyYears: 3})).toEqual([2027, 2030, 2033]);
    expect(years({everyYears: 3, untilYear: 2031})).toEqual([2027, 2030]);
  });

  // The price list of the site: a sapling of up to 4 cm 60 CNY, a small tree of up to 8 cm 350, a large one 1200.
  it.each([
    [1.5, 0.9, 12],
    [3, 3, 60],
    [7, 5, 350],
    [12, 7, 1200],
  ])('planting of %d cm and %d m costs %d CNY a tree', (dbhCm, heightM, costCny) => {
    const {plan: of} = plan({operations: [{...plant, dbhCm, heightM, place: {zone: 'meadow'}}]});
    expect(of.operations[0]!.unitCostCny).toBe(costCny);
  });

  it('cost what the scenario says, or nothing where nobody does, and that is told', () => {
    expect(plan({operations: [{...thin, unitCostCny: 99}]}).plan.operations[0]!.unitCostCny).toBe(99);
    const bare = {...island, archive: {...island.archive, prices: null}};
    const {plan: of, notes} = plan({operations: [thin]}, bare);
    expect(of.operations[0]!.unitCostCny).toBe(0);
    expect(notes).toEqual([
      "/operations/0: the site's price list has no price for thin; its cost counts as 0",
    ]);
  });

  it('count trees by their spacing', () => {
    const {plan: of} = plan({
      operations: [
        {kind: 'plant', date: '2027-03-12', species: 'machilus_nanmu', spacingM: 4, place: {polygon: MEADOW}},
      ],
    });
    const [planted] = of.operations;
    if (planted?.kind !== 'plant') throw new Error('plant');
    expect(planted.count).toBe(Math.floor(planted.place.areaM2 / 16));
  });

  const square = (lon: number, lat: number, half = 0.0004): [number, number][] => [
    [lon - half, lat - half],
    [lon + half, lat - half],
    [lon + half, lat + half],
    [lon - half, lat + half],
  ];
  it.each([
    ['a lake', {...plant, place: {zone: 'l1'}}, 'in_water', '/operations/1/place/zone'],
    [
      'the middle of a lake',
      {...plant, place: {polygon: square(106.693, 29.5752)}},
      'in_water',
      '/operations/1/place/polygon',
    ],
    [
      'the river',
      {...plant, place: {polygon: square(106.7, 29.5935)}},
      'in_water',
      '/operations/1/place/polygon',
    ],
    [
      'another continent',
      {...plant, place: {polygon: square(10, 50)}},
      'outside_site',
      '/operations/1/place/polygon',
    ],
    [
      'a zone that is not there',
      {...plant, place: {zone: 'moor'}},
      'zone_unknown',
      '/operations/1/place/zone',
    ],
    [
      'a species that is not there',
      {...plant, species: 'baobab', place: {zone: 'meadow'}},
      'species_unknown',
      '/operations/1/species',
    ],
    [
      'one of two species',
      {...thin, species: ['pinus_massoniana', 'baobab']},
      'species_unknown',
      '/operations/1/species/1',
    ],
    [
      'trees that are not there',
      {kind: 'coppice', date: '2027-01-01', place: {trees: [1, 999_999]}},
      'trees_unknown',
      '/operations/1/place/trees/1',
    ],
    ['a day before the run', {...thin, date: '2020-01-01'}, 'outside_years', '/operations/1/date'],
    ['a day after the run', {...thin, date: '2036-01-01'}, 'outside_years', '/operations/1/date'],
    [
      'a ring that crosses itself',
      {...plant, place: {polygon: [MEADOW[0], MEADOW[2], MEADOW[1], MEADOW[3]]}},
      'no_room',
      '/operations/1/place/polygon',
    ],
    [
      'a ring without area',
      {...plant, place: {polygon: [MEADOW[0], MEADOW[1], MEADOW[0]]}},
      'no_room',
      '/operations/1/place/polygon',
    ],
    [
      'a ring smaller than a tree',
      {...plant, count: undefined, spacingM: 50, place: {polygon: square(106.699, 29.5825, 0.0001)}},
      'no_room',
      '/operations/1/place',
    ],
  ])('in %s cannot be carried out, and that alone', (_, operation, code, path) => {
    const cleaned = JSON.parse(JSON.stringify(operation)) as NonNullable<Scenario['operations']>[number];
    const {plan: of, impossible} = plan({operations: [thin, cleaned, {...thin, date: '2029-01-01'}]});
    expect(impossible).toHaveLength(1);
    expect(impossible[0]).toMatchObject({operation: 1, code, path, date: cleaned.date});
    expect(impossible[0]!.message).toContain(path);
    expect(of.operations.map(({index}) => index)).toEqual([0, 2]);
  });

  it('without water in the way act on the land of a ring that holds some', () => {
    const around = square(106.693, 29.5752, 0.0025);
    const {plan: of, impossible} = plan({operations: [{...thin, place: {polygon: around}}]});
    expect(impossible).toEqual([]);
    expect(of.operations[0]!.place.units.length).toBeGreaterThan(0);
  });
});

it('no tree comes up by itself where a scenario says so', () => {
  const {plan: of} = plan({regenerate: false});
  expect(of.cells.xM).toHaveLength(0);
  expect(of.units.some(({regenerates}) => regenerates)).toBe(false);
});
