import {type Static, Type} from 'typebox';
import {Id} from '../entities/datastream.ts';
import {ReadingMap} from '../entities/map.ts';

/** Bodies of maps, bridges, and messages that are run through again. */
const closed = {additionalProperties: false} as const;
const Text = Type.Union([Type.String(), Type.Null()]);
const Figure = Type.Union([Type.Number(), Type.Null()]);
const Problem = Type.Object({code: Type.String(), message: Type.String()}, closed);

export const MapBody = Type.Object(
  {
    id: Id,
    name: Text,
    own: Type.Boolean({description: 'Comes with the product and is mended under another id'}),
    topic: Text,
    devicePrefix: Text,
    elements: Type.Array(Type.String()),
    credit: Text,
    licence: Text,
  },
  closed,
);
export type MapBody = Static<typeof MapBody>;
export const MapListBody = Type.Object(
  {
    items: Type.Array(MapBody),
    problems: Type.Array(Type.Object({file: Type.String(), message: Type.String()}, closed)),
  },
  closed,
);
export type MapListBody = Static<typeof MapListBody>;

export const MapPreviewRequest = Type.Object(
  {
    map: Type.Union([Id, ReadingMap], {description: 'Id of a map that is there, or a map to try'}),
    topic: Type.Optional(Type.String({maxLength: 640, description: 'Topic that the payload came on'})),
    payload: Type.String({minLength: 1, maxLength: 200_000, description: 'The payload as it came'}),
  },
  closed,
);
export type MapPreviewRequest = Static<typeof MapPreviewRequest>;
export const MapPreviewBody = Type.Object(
  {
    map: Id,
    items: Type.Array(
      Type.Object(
        {
          device: Text,
          label: Text,
          time: Type.Union([Type.String(), Type.Null()], {description: 'null: time of arrival'}),
          readings: Type.Array(
            Type.Object(
              {
                element: Type.String(),
                value: Figure,
                unit: Text,
                depthM: Figure,
                heightM: Figure,
                instance: Text,
                statistic: Text,
                period: Text,
                result: Figure,
                resultUnit: Text,
                path: Type.String({description: 'Where the payload has it'}),
                line: Type.Union([Type.Integer(), Type.Null()], {description: 'Line of the payload, from 1'}),
                flag: Figure,
                failed: Type.Array(Type.String()),
                problem: Type.Union([Problem, Type.Null()]),
              },
              closed,
            ),
          ),
          rejected: Type.Array(
            Type.Object(
              {
                path: Text,
                line: Type.Union([Type.Integer(), Type.Null()]),
                code: Type.String(),
                message: Type.String(),
              },
              closed,
            ),
          ),
          unmapped: Type.Array(Type.String()),
          battery: Type.Union([
            Type.Object({volts: Type.Optional(Type.Number()), percent: Type.Optional(Type.Number())}, closed),
            Type.Null(),
          ]),
          link: Type.Union([
            Type.Object({rssiDbm: Type.Optional(Type.Number()), snrDb: Type.Optional(Type.Number())}, closed),
            Type.Null(),
          ]),
        },
        closed,
      ),
    ),
  },
  closed,
);
export type MapPreviewBody = Static<typeof MapPreviewBody>;

export const BridgeListBody = Type.Object(
  {
    items: Type.Array(
      Type.Object(
        {
          id: Type.String(),
          site: Id,
          devices: Type.Union([Type.Array(Id), Type.Null()]),
          devicePrefix: Type.Union([Type.String(), Type.Null()]),
          map: Type.Union([Type.String(), Type.Null()]),
        },
        closed,
      ),
    ),
    mqttUrl: Type.Union([Type.String(), Type.Null()], {
      description: 'Where bridges and devices connect over MQTT; null: this process takes nobody in',
    }),
    frames: Type.Object(
      {
        files: Type.Integer(),
        bytes: Type.Integer(),
        oldest: Type.Union([Type.String(), Type.Null()]),
        lost: Type.Integer({
          description: 'Frames that could not be written; their readings are stored all the same',
        }),
      },
      closed,
    ),
  },
  closed,
);
export type BridgeListBody = Static<typeof BridgeListBody>;

export const FrameReplayBody = Type.Object(
  {
    frames: Type.Integer(),
    stored: Type.Integer(),
    duplicate: Type.Integer(),
    conflict: Type.Integer({description: 'The mended map gives another value; the first stays'}),
    letters: Type.Integer({description: 'Dead letters that are understood now'}),
    rejected: Type.Integer({description: 'Frames with something still wrong'}),
    problems: Type.Array(
      Type.Object({received: Type.String(), code: Type.String(), message: Type.String()}, closed),
    ),
  },
  closed,
);
export type FrameReplayBody = Static<typeof FrameReplayBody>;

/** A bridge to be: the devices it speaks for (a list, a prefix, or both) and the map of its payloads, if foreign. */
export const NewBridgeBody = Type.Object(
  {
    id: Id,
    site: Type.Optional(Id),
    devices: Type.Optional(Type.Array(Id, {maxItems: 10_000})),
    devicePrefix: Type.Optional(Type.String({minLength: 1, maxLength: 32, pattern: '^[A-Za-z0-9_-]+$'})),
    map: Type.Optional(Type.Union([Id, ReadingMap], {description: 'Id of a map that is there, or a map'})),
  },
  closed,
);
export type NewBridgeBody = Static<typeof NewBridgeBody>;

export const NewBridgeResult = Type.Object(
  {
    id: Id,
    username: Type.String(),
    password: Type.String({description: 'MQTT password, and Bearer token of the route'}),
    topic: Type.String({description: 'MQTT topic for payloads of our own form'}),
    hook: Type.String({description: 'Route for foreign payloads'}),
    map: Type.Union([Type.String(), Type.Null()]),
  },
  closed,
);
export type NewBridgeResult = Static<typeof NewBridgeResult>;

/** What came of messages that were run through again. */
export const ReplayBody = Type.Object(
  {
    replayed: Type.Array(Type.Integer()),
    rejected: Type.Array(Type.Object({id: Type.Integer(), code: Type.String(), message: Type.String()})),
    skipped: Type.Array(Type.Integer()),
    stored: Type.Integer(),
    duplicate: Type.Integer(),
    conflict: Type.Integer(),
  },
  closed,
);
export type ReplayBody = Static<typeof ReplayBody>;
