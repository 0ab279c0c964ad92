import type {
  DatastreamKey,
  Device,
  DeviceModel,
  ElementType,
  LimitOverrides,
  SensorSpec,
  Statistic,
} from '#schemas';

/** Whether a sensor of a device is the one that feeds a datastream: what it leaves open fits all. */
function feeds(sensor: SensorSpec, key: DatastreamKey): boolean {
  return (
    sensor.element === key.element &&
    (sensor.depthM === undefined || sensor.depthM === key.depthM) &&
    (sensor.heightM === undefined || sensor.heightM === key.heightM) &&
    (sensor.instance === undefined || sensor.instance === key.instance) &&
    (sensor.statistic === undefined || sensor.statistic === key.statistic) &&
    (sensor.period === undefined || sensor.period === key.period)
  );
}

/** The sensor that feeds a datastream, the one that says most about it; undefined if none does. */
export function sensorOf(
  sensors: readonly SensorSpec[] | undefined,
  key: DatastreamKey,
): SensorSpec | undefined {
  return sensors
    ?.filter((sensor) => feeds(sensor, key))
    .toSorted((a, b) => Object.keys(b).length - Object.keys(a).length)[0];
}

/** What says something about the limits of one datastream, in the catalogue's unit. */
export type LimitsChain = {
  /** Of the map, else the device, else the device's own sensor, field by field. */
  device: LimitOverrides;
  /** Of the model's sensor. */
  model: LimitOverrides;
  /** Nominal seconds between values; null where they come from campaigns. */
  intervalS: number | null;
};

/**
 * Limits that replace the catalogue's: of the map or the device, and of its model. The interval is the first that map,
 * device, sensor of the device or sensor of the model names, then that of the device, the model, the element; it is never
 * estimated from the values.
 */
export function limitsChain(
  key: DatastreamKey,
  of: {
    element: ElementType;
    map: LimitOverrides | undefined;
    device: Device | undefined;
    model: DeviceModel | undefined;
  },
): LimitsChain {
  const own = sensorOf(of.device?.sensors, key);
  const ofModel = sensorOf(of.model?.sensors, key);
  const device: LimitOverrides = {...own?.limits, ...of.device?.limits?.[key.element], ...of.map};
  const model = ofModel?.limits ?? {};
  return {
    device,
    model,
    intervalS:
      device.intervalS ??
      own?.intervalS ??
      model.intervalS ??
      ofModel?.intervalS ??
      of.device?.intervalS ??
      of.model?.intervalS ??
      of.element.intervalS,
  };
}

/**
 * Statistic and period of a reading that does not name both: those of the first sensor listed for the element (with the
 * statistic that the reading names, if it names one), else the element's. A `point` has no period.
 */
export function defaultsOf(
  elementId: string,
  of: {
    element: ElementType;
    device: Device | undefined;
    model: DeviceModel | undefined;
    statistic: string | undefined;
  },
): {statistic: Statistic; period: string | null} {
  const {element, device, model, statistic} = of;
  for (const sensors of [device?.sensors, model?.sensors]) {
    for (const sensor of sensors ?? []) {
      if (sensor.element !== elementId) continue;
      const its = sensor.statistic ?? element.statistic;
      if (statistic !== undefined && statistic !== its) continue;
      if (sensor.period !== undefined) return {statistic: its, period: sensor.period};
      return {statistic: its, period: its === 'point' ? null : element.period};
    }
  }
  // A statistic that is none is refused where readings are normalised.
  const its = (statistic as Statistic | undefined) ?? element.statistic;
  return {statistic: its, period: its === 'point' ? null : element.period};
}
