import type {Datastream, DatastreamBody, LimitsInForce, Registry} from '#schemas';
import {verticalDatum} from './datum.ts';
import {instant, instantOrNull} from './instant.ts';

export function limitsBody(limits: LimitsInForce): DatastreamBody['limits'] {
  return {
    hardRange: [limits.hardRange[0], limits.hardRange[1]],
    suspectRange: limits.suspectRange && [limits.suspectRange[0], limits.suspectRange[1]],
    intervalS: limits.intervalS,
    ratePerS: limits.ratePerS,
    spike: limits.spike,
    flatLine: limits.flatLine,
  };
}

/** A series with the limits in force and who fed it, from when to when. */
export function datastreamBody(registry: Registry, datastream: Datastream): DatastreamBody {
  return {
    id: datastream.id,
    site: datastream.site,
    station: datastream.station,
    zone: datastream.zone,
    device: datastream.device,
    element: datastream.element,
    depthM: datastream.depthM,
    heightM: datastream.heightM,
    instance: datastream.instance,
    statistic: datastream.statistic,
    period: datastream.period,
    unit: datastream.unit,
    origin: datastream.origin,
    verticalDatum: verticalDatum(registry, datastream),
    limits: limitsBody(registry.limits(datastream.series)),
    deployments: registry.deployments(datastream.id).map((deployment) => ({
      device: deployment.device,
      sensor: deployment.sensor,
      longitudeDeg: deployment.longitudeDeg,
      latitudeDeg: deployment.latitudeDeg,
      depthM: deployment.depthM,
      heightM: deployment.heightM,
      from: instant(deployment.fromMs),
      to: instantOrNull(deployment.toMs),
    })),
  };
}
