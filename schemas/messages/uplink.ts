import {type Static, Type} from 'typebox';

/**
 * The uplink of `eco/v1/{site}/{device}/up` and `POST /readings`: one envelope or an array of them. The envelope is
 * validated as a whole; each reading is validated on its own (`ReadingBody`), so that a bad one does not cost the others.
 * Names of elements are looked up in a Map, never as keys of an object.
 */
export const MAX_READINGS_PER_MESSAGE = 512;
export const MAX_ENVELOPES_PER_MESSAGE = 256;

const LargestNumber = 1e15;
export const ReadingValue = Type.Union([
  Type.Number({minimum: -LargestNumber, maximum: LargestNumber}),
  Type.Null(),
]);

/** What may stand in `readings` under an element's name, besides a bare number: this, or a list of these. */
export const ReadingBody = Type.Object(
  {
    value: ReadingValue,
    unit: Type.Optional(Type.String({minLength: 1, maxLength: 32})),
    depthM: Type.Optional(Type.Number({minimum: 0, maximum: 12_000})),
    heightM: Type.Optional(Type.Number({minimum: -500, maximum: 12_000})),
    instance: Type.Optional(Type.String({minLength: 1, maxLength: 32, pattern: '^[A-Za-z0-9_-]{1,32}$'})),
    stat: Type.Optional(Type.String({minLength: 1, maxLength: 8})),
    period: Type.Optional(Type.String({minLength: 3, maxLength: 16})),
    qualifier: Type.Optional(Type.Union([Type.Literal('<'), Type.Literal('>')])),
    /** The device's own mark (HJ 212 letters N F M S D C T B), kept beside the value. */
    status: Type.Optional(Type.String({minLength: 1, maxLength: 1, pattern: '^[NFMSDCTB]$'})),
  },
  {additionalProperties: false},
);
export type ReadingBody = Static<typeof ReadingBody>;

export const Battery = Type.Object(
  {
    volts: Type.Optional(Type.Number({minimum: 0, maximum: 1000})),
    percent: Type.Optional(Type.Number({minimum: 0, maximum: 100})),
  },
  {additionalProperties: false},
);
export const Link = Type.Object(
  {
    rssiDbm: Type.Optional(Type.Number({minimum: -200, maximum: 50})),
    snrDb: Type.Optional(Type.Number({minimum: -50, maximum: 50})),
    gateway: Type.Optional(Type.String({maxLength: 64})),
  },
  {additionalProperties: false},
);

export const Envelope = Type.Object(
  {
    /** Phenomenon time, ISO 8601 with a zone; absent: time of arrival (and marked so). Start of the period, if any. */
    time: Type.Optional(Type.String({minLength: 10, maxLength: 40})),
    seq: Type.Optional(Type.Integer({minimum: 0, maximum: 9_007_199_254_740_991})),
    readings: Type.Record(Type.String(), Type.Unknown()),
    battery: Type.Optional(Battery),
    link: Type.Optional(Link),
  },
  {additionalProperties: false},
);
export type Envelope = Static<typeof Envelope>;

/** `eco/v1/{site}/{device}/state`, retained. */
export const StateMessage = Type.Union([Type.Literal('online'), Type.Literal('offline')]);

export const TOPIC_ROOT = 'eco/v1';
export function upTopic(site: string, device: string): string {
  return `${TOPIC_ROOT}/${site}/${device}/up`;
}
export function stateTopic(site: string, device: string): string {
  return `${TOPIC_ROOT}/${site}/${device}/state`;
}
export function commandTopic(site: string, device: string): string {
  return `${TOPIC_ROOT}/${site}/${device}/cmd`;
}
