import {type Datastream, EcoError, type Registry} from '#schemas';

export type SeriesChoice = {
  datastream?: string;
  device?: string;
  element?: string;
  depthM?: number;
  heightM?: number;
  instance?: string;
  stat?: string;
  period?: string;
};

function distinct<T>(values: readonly T[]): T[] {
  return [...new Set(values)];
}

/** Of several series that differ in one part, those with the part as asked; without it, if not asked; or the only one. */
function narrow<K extends 'depth' | 'instance' | 'statistic' | 'period'>(
  found: readonly Datastream[],
  kind: K,
  of: {part: (stream: Datastream) => unknown; byDefault: unknown; parameter: string; asked: boolean},
): readonly Datastream[] {
  if (of.asked || found.length === 0) return found;
  const plain = found.filter((stream) => of.part(stream) === of.byDefault);
  if (plain.length > 0) return plain;
  const choices = distinct(found.map(of.part));
  if (choices.length === 1) return found;
  throw new EcoError(
    `${kind}_required`,
    `there are several series; say which with ${of.parameter}=${choices.join(` or ${of.parameter}=`)}`,
    400,
    kind === 'depth'
      ? {
          depthsM: distinct(found.flatMap(({depthM}) => depthM ?? [])).sort((a, b) => a - b),
          heightsM: distinct(found.flatMap(({heightM}) => heightM ?? [])).sort((a, b) => a - b),
        }
      : {[`${kind}s`]: choices},
  );
}

function byDevice(registry: Registry, choice: SeriesChoice): Datastream {
  const {device, element} = choice;
  if (device === undefined || element === undefined) {
    throw new EcoError('datastream_required', 'say which series: datastream=, or device= and element=', 400);
  }
  if (!registry.device(device)) throw new EcoError('device_unknown', `no device ${device}`, 404);
  if (!registry.element(element)) throw new EcoError('element_unknown', `no element ${element}`, 404);
  const feedsNow = registry.datastreams({device, element});
  // A link to a device that was replaced shows the series that it fed, and that go on.
  const ofElement =
    feedsNow.length > 0
      ? feedsNow
      : registry
          .datastreams({element})
          .filter(({id}) => registry.deployments(id).some((deployment) => deployment.device === device));
  if (ofElement.length === 0) {
    throw new EcoError('datastream_unknown', `device ${device} has sent no ${element} yet`, 404);
  }
  let found: readonly Datastream[] = ofElement.filter(
    (stream) =>
      (choice.depthM === undefined || stream.depthM === choice.depthM) &&
      (choice.heightM === undefined || stream.heightM === choice.heightM) &&
      (choice.instance === undefined || stream.instance === choice.instance) &&
      (choice.stat === undefined || stream.statistic === choice.stat) &&
      (choice.period === undefined || stream.period === choice.period),
  );
  found = narrow(found, 'depth', {
    part: ({depthM, heightM}) => depthM ?? (heightM === null ? null : `(height ${heightM} m)`),
    byDefault: null,
    parameter: 'depthM',
    asked: choice.depthM !== undefined || choice.heightM !== undefined,
  });
  found = narrow(found, 'instance', {
    part: ({instance}) => instance,
    byDefault: null,
    parameter: 'instance',
    asked: choice.instance !== undefined,
  });
  const usual = registry.defaults(device, element, choice.stat);
  found = narrow(found, 'statistic', {
    part: ({statistic}) => statistic,
    byDefault: usual.statistic,
    parameter: 'stat',
    asked: choice.stat !== undefined,
  });
  found = narrow(found, 'period', {
    part: ({period}) => period,
    byDefault: usual.period,
    parameter: 'period',
    asked: choice.period !== undefined,
  });
  if (found.length === 1) return found[0]!;
  if (found.length === 0) {
    const ids = ofElement.map(({id}) => id);
    throw new EcoError(
      'datastream_unknown',
      `no such series of ${device}; there are ${ids.join(', ')}`,
      404,
      {
        datastreams: ids,
      },
    );
  }
  throw new EcoError('datastream_ambiguous', 'several series fit; name one with datastream=', 400, {
    datastreams: found.map(({id}) => id),
  });
}

/**
 * The one series that a query means: the named one, or of a device and element the one without depth and instance, of
 * the statistic and period that a bare number of that device has; or the only one.
 * @throws {EcoError} `datastream_unknown`, `device_unknown`, `element_unknown` (404); `depth_required` with the depths,
 * `instance_required`, `statistic_required`, `period_required`, `datastream_required` (400).
 */
export function seriesOf(registry: Registry, choice: SeriesChoice): Datastream {
  if (choice.datastream === undefined) return byDevice(registry, choice);
  const stream = registry.datastream(choice.datastream);
  if (!stream) throw new EcoError('datastream_unknown', `no datastream ${choice.datastream}`, 404);
  for (const part of ['device', 'element'] as const) {
    const asked = choice[part];
    if (asked !== undefined && asked !== stream[part]) {
      throw new EcoError(
        'datastream_unknown',
        `datastream ${stream.id} has the ${part} ${stream[part]}, not ${asked}`,
        404,
      );
    }
  }
  return stream;
}
