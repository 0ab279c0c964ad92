import {type Static, Type} from 'typebox';
import {Id} from './datastream.ts';

/** States of a work order in which it is still to be done. */
export const OPEN_TASK_STATES = ['open', 'assigned', 'started'] as const;
export const CLOSED_TASK_STATES = ['done', 'cancelled'] as const;

/** A work order, kept as a document of the collection `task`. Open from `opened` until `closed`. */
export const Task = Type.Object(
  {
    schemaVersion: Type.Literal(1),
    id: Id,
    site: Id,
    zone: Type.Union([Id, Type.Null()]),
    state: Type.Union([...OPEN_TASK_STATES, ...CLOSED_TASK_STATES].map((state) => Type.Literal(state))),
    opened: Type.String({format: 'date-time'}),
    closed: Type.Union([Type.String({format: 'date-time'}), Type.Null()]),
  },
  {additionalProperties: true},
);
export type Task = Static<typeof Task>;
