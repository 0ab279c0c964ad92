import type {DeviceBody, DeviceDetailBody, DeviceHealth, DeviceRecord, Refusal, Registry} from '#schemas';
import {datastreamBody} from './datastream.ts';
import {siteDatum} from './datum.ts';
import {instant, instantOrNull} from './instant.ts';

/** State of one device, by arrival and clock. */
export type HealthOf = (device: string) => DeviceHealth;

/** What a device measures: its sensors, its model's, and whatever else came from it; in that order, each once. */
function elementsOf(registry: Registry, record: DeviceRecord): string[] {
  const sensors = record.device.sensors ?? record.model.sensors;
  const elements = new Set(sensors.map((sensor) => sensor.element));
  for (const datastream of registry.datastreams({device: record.device.id})) elements.add(datastream.element);
  return [...elements];
}

/** Those that stand somewhere, or did. */
const ADMITTED: ReadonlySet<DeviceRecord['status']> = new Set(['active', 'retired']);

function refusalBody({atMs, who, reason}: Refusal): NonNullable<DeviceBody['refusal']> {
  return {at: instant(atMs), who, reason};
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
    ...(record.refusal && {refusal: refusalBody(record.refusal)}),
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

/** The device in full; with a time, as it stood then: place, series and their deployments. */
export function deviceDetailBody(
  registry: Registry,
  record: DeviceRecord,
  healthOf: HealthOf,
  atMs?: number,
): DeviceDetailBody {
  const {device, placements, calibrations} = record;
  const placementBodies = placements.map(({fromMs, saidMs, ...place}, i) => ({
    from: instantOrNull(fromMs),
    to: instantOrNull(placements[i + 1]?.fromMs ?? null),
    ...place,
    said: instantOrNull(saidMs),
  }));
  const detail = {
    ...deviceBody(registry, record, healthOf),
    serial: device.serial ?? null,
    deployed: record.status === 'active',
    placements: placementBodies,
    calibrations: calibrations.map(({atMs: ofMs, saidMs, ...calibration}) => ({
      at: instant(ofMs),
      ...calibration,
      said: instant(saidMs),
    })),
    datastreams: registry.datastreams({device: device.id}).map((stream) => datastreamBody(registry, stream)),
  };
  if (atMs === undefined) return detail;
  const place = placements.findLast(({fromMs}) => fromMs === null || fromMs <= atMs) ?? placements[0]!;
  const begun = place.fromMs === null || place.fromMs <= atMs;
  const station = registry.stations(record.site).find(({id}) => id === place.station);
  const inForce = (deployment: {from: string; to: string | null}): boolean =>
    Date.parse(deployment.from) <= atMs && (deployment.to === null || atMs < Date.parse(deployment.to));
  const datastreams = registry
    .datastreams({site: record.site})
    .map((stream) => datastreamBody(registry, stream))
    .map((stream) => ({...stream, deployments: stream.deployments.filter(inForce)}))
    .filter(({deployments}) => deployments.some((deployment) => deployment.device === device.id))
    .map((stream) => ({...stream, device: device.id}));
  return {
    ...detail,
    at: instant(atMs),
    station: place.station ?? record.station,
    zone: place === placements.at(-1) ? record.zone : (station?.zone ?? null),
    longitudeDeg: place.longitudeDeg,
    latitudeDeg: place.latitudeDeg,
    groundM: place.groundM,
    heightM: place.heightM,
    deployed: begun && place.station !== null && ADMITTED.has(record.status),
    calibrations: detail.calibrations.filter(({at}) => Date.parse(at) <= atMs),
    datastreams,
  };
}
