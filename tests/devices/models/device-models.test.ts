import {describe, expect, it} from 'vitest';
import {DEVICE_MODELS} from '#devices';
import {createValidator, DeviceModel, ELEMENTS} from '#schemas';
import {fleetSite, ISLAND_FOLDER} from '../fleet-site.ts';

const valid = createValidator<DeviceModel>(DeviceModel);
const site = await fleetSite(ISLAND_FOLDER);

describe('device models', () => {
  it('are the 25 types of the reference fleet and one for devices of unknown make', () => {
    const types = Array.from({length: 25}, (_, k) => `D${String(k + 1).padStart(2, '0')}`);
    expect([...DEVICE_MODELS.keys()].sort()).toEqual([...types, 'generic-json'].sort());
  });

  it.each([...DEVICE_MODELS.values()].map((model) => [model.id, model] as const))(
    '%s is valid data',
    (_, model) => {
      expect(valid(model), valid.problem()).toBe(true);
      for (const {element} of model.sensors) expect(ELEMENTS).toHaveProperty(element);
    },
  );

  it.each([...DEVICE_MODELS.values()].map((model) => [model.id, model] as const))(
    '%s names each of its series once, and the interval of the shortest as its own',
    (_, model) => {
      const keys = model.sensors.map((s) => [s.element, s.depthM, s.statistic, s.period].join());
      expect(new Set(keys).size).toBe(keys.length);
      if (model.sensors.length > 0) {
        expect(model.intervalS).toBe(
          Math.min(...model.sensors.map((sensor) => sensor.intervalS ?? Number.NaN)),
        );
      }
    },
  );

  // The published fleet: LoRaWAN 107, NB-IoT 40, HJ 212 6, mobile network 41; 102 of level, flow and water.
  it('split the 194 devices of the reference site by protocol', () => {
    const count: Record<string, number> = {};
    for (const device of site.devices) {
      const {protocol} = DEVICE_MODELS.get(device.model)!;
      count[protocol] = (count[protocol] ?? 0) + 1;
    }
    expect(count).toEqual({lorawan: 107, 'nb-iot': 40, hj212: 6, cellular: 41});
    expect(site.devices.filter(({model}) => model <= 'D05')).toHaveLength(102);
  });

  it.each([
    {model: 'D08', element: 'wind_speed', statistic: 'max', period: 'PT1M', intervalS: 60},
    {model: 'D08', element: 'precipitation', statistic: 'sum', period: 'PT1M', intervalS: 60},
    {model: 'D09', element: 'precipitation', statistic: 'sum', period: null, intervalS: 600},
    {model: 'D10', element: 'ozone', statistic: 'mean', period: 'PT1H', intervalS: 3600},
    {model: 'D10', element: 'ozone', statistic: 'mean', period: 'PT5M', intervalS: 300},
    {model: 'D22', element: 'sound_level', statistic: 'mean', period: 'PT20M', intervalS: 1200},
    {model: 'D18', element: 'pest_trap_count', statistic: 'sum', period: 'P1D', intervalS: 86_400},
    {model: 'D06', element: 'soil_moisture', depthM: 0.6, intervalS: 1800},
  ])('$model measures $element $statistic $period', ({model, ...sensor}) => {
    expect(DEVICE_MODELS.get(model)!.sensors).toContainEqual(expect.objectContaining(sensor));
  });
});
