import type {FastifyPluginAsyncTypebox} from '@fastify/type-provider-typebox';
import {Type} from 'typebox';
import {listOf, type Registry, StationBody} from '#schemas';
import {siteDatum} from '../bodies/datum.ts';
import {choiceOf, ThingFilter} from './filters.ts';
import {Paging, page} from './paging.ts';

/** Places that carry sensors; `{site}` and `{site}-{zone}` carry what no device measures. */
export const stationRoutes: FastifyPluginAsyncTypebox<{registry: Registry}> = async (app, {registry}) => {
  app.get(
    '/stations',
    {
      schema: {
        action: 'observe',
        tags: ['things'],
        summary: 'Stations: places that carry sensors, with the devices at each',
        querystring: Type.Object({...ThingFilter, ...Paging}, {additionalProperties: false}),
        response: {200: listOf(StationBody)},
      },
    },
    async (request) => {
      const choice = choiceOf(registry, request.query);
      const devicesAt = new Map<string, string[]>();
      for (const {station, device} of registry.devices()) {
        const at = devicesAt.get(station);
        if (at) at.push(device.id);
        else devicesAt.set(station, [device.id]);
      }
      return page(
        registry.stations().filter(choice.place),
        (station) => station.id,
        request.query,
        request.url,
        (station) => ({
          id: station.id,
          site: station.site,
          zone: station.zone,
          name: station.name,
          longitudeDeg: station.longitudeDeg,
          latitudeDeg: station.latitudeDeg,
          groundM: station.groundM,
          verticalDatum: siteDatum(registry, station.site),
          origin: station.origin,
          devices: devicesAt.get(station.id) ?? [],
        }),
      );
    },
  );
};
