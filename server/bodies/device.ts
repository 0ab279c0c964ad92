import type {DeviceBody, DeviceHealth, DeviceRecord, Registry} from '#schemas';
import {siteDatum} from './datum.ts';
import {instantOrNull} from './instant.ts';

/** State of one device, by arrival and clock. */
export type HealthOf = (device: string) => DeviceHealth;

/** What a device measures: its sensors, its model's, and whatever else came from it; in that order, each once. */
function elementsOf(registry: Registry, record: DeviceRecord): string[] {
  const sensors = record.device.sensors ?? record.model.sensors;
  const elements = new Set(sensors.map((sensor) => sensor.element));
  for (const datastream of registry.datastreams({device: record.device.id})) elements.add(datastream.element);
  return [...elements];
}

export function deviceBody(registry: Registry, record: DeviceRecord, healthOf: HealthOf): DeviceBody {
  const {device, model} = record;
  const health = healthOf(device.id);
  return {
    id: device.id,
    site: record.site,
    model: model.id,
    modelName: model.name,
    name: device.name ?? {en: device.id, zh: device.id},
    station: record.station,
    zone: record.zone,
    feature: device.feature ?? null,
    longitudeDeg: device.longitudeDeg,
    latitudeDeg: device.latitudeDeg,
    groundM: device.groundM ?? null,
    heightM: device.heightM ?? null,
    verticalDatum: device.levels?.verticalDatum ?? siteDatum(registry, record.site),
    origin: device.origin,
    status: record.status,
    elements: elementsOf(registry, record),
    role: device.role ?? null,
    gateway: device.gateway ?? null,
    state: health.state,
    connected: health.connected,
    lastSeen: instantOrNull(health.lastSeenMs),
    battery: health.battery,
    link: health.link,
  };
}
