import swagger from '@fastify/swagger';
import type {FastifyInstance} from 'fastify';

/** OpenAPI 3.1 writes a tuple as `prefixItems`; ajv's draft-07 as a list of `items`. Everything else is the same. */
function tuplesAsPrefix(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(tuplesAsPrefix);
  if (value === null || typeof value !== 'object') return value;
  const {additionalItems, ...rest} = value as Record<string, unknown>;
  const out: Record<string, unknown> = {};
  for (const [key, part] of Object.entries(rest)) {
    if (key === 'items' && Array.isArray(part)) {
      out['prefixItems'] = part.map(tuplesAsPrefix);
      out['items'] = false;
    } else out[key] = tuplesAsPrefix(part);
  }
  return out;
}

/** Collects every route's schema from here on; call before the routes. */
export async function describeApi(app: FastifyInstance, version: string): Promise<void> {
  await app.register(swagger, {
    hideUntagged: true,
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'eco-brain',
        version,
        description:
          'Ecological digital twin: elements, devices, observations with quality flags, live stream. Times are ISO 8601 ' +
          'UTC; units are UCUM codes and stand beside every value; errors are {"code","message","details?"}.',
        license: {name: 'Apache-2.0', identifier: 'Apache-2.0'},
      },
      components: {
        securitySchemes: {
          device: {type: 'http', scheme: 'basic', description: "The device's MQTT username and password"},
          bridge: {type: 'http', scheme: 'bearer', description: "The bridge's token"},
        },
      },
      tags: [
        {name: 'catalogue', description: 'Ecological information model'},
        {name: 'things', description: 'Sites, zones, stations, devices, datastreams'},
        {name: 'archive', description: 'Species, trees and birds of a site'},
        {name: 'observations', description: 'Values with unit, time and quality flag'},
        {name: 'readings', description: 'Sending values in'},
        {name: 'simulation', description: 'Scenarios and their runs'},
        {name: 'operation', description: 'Health, counts, what could not be understood'},
      ],
    },
    transform: ({schema, url}) => {
      const {action, sameOrigin: _, ...rest} = (schema ?? {}) as Record<string, unknown>;
      return {schema: {...rest, ...(action === undefined ? {} : {'x-action': action})} as never, url};
    },
  });
}

/** The whole API as an OpenAPI 3.1 document. */
export function openApiDocument(app: FastifyInstance): object {
  return tuplesAsPrefix(app.swagger()) as object;
}
