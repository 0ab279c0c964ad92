import {existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync} from 'node:fs';
import {join} from 'node:path';
import {deserialize, serialize} from 'node:v8';
import {gunzipSync, gzipSync} from 'node:zlib';
import {type Static, Type} from 'typebox';
import {
  createValidator,
  EcoError,
  RUN_STATES,
  type RunEventBody,
  type RunState,
  type SkippedOperation,
} from '#schemas';
import type {MemberSummary, RunPlan} from '#simulation';
import {readMember, writeMember} from './member-file.ts';
import {writeWholeFile} from './whole-file.ts';

const closed = {additionalProperties: false} as const;
const NullableInteger = Type.Union([Type.Integer(), Type.Null()]);

/** `run.json`: what a run is, replaced whole whenever that changes. */
export const RunRecord = Type.Object(
  {
    schemaVersion: Type.Literal(1),
    kind: Type.Literal('eco-run-record'),
    id: Type.String({pattern: '^[A-Za-z0-9_-]{1,64}$'}),
    site: Type.String({maxLength: 64}),
    scenario: Type.String({maxLength: 64}),
    program: Type.String({maxLength: 64}),
    fingerprint: Type.String({pattern: '^[0-9a-f]{64}$'}),
    state: Type.Unsafe<RunState>(Type.Union(RUN_STATES.map((state) => Type.Literal(state)))),
    createdMs: Type.Integer(),
    startedMs: NullableInteger,
    endedMs: NullableInteger,
    /** Time spent on it, of all attempts. */
    computedMs: Type.Number(),
    seed: Type.Integer(),
    members: Type.Integer({minimum: 1}),
    firstYear: Type.Integer(),
    years: Type.Integer({minimum: 1}),
    message: Type.Optional(Type.String({maxLength: 2000})),
  },
  closed,
);
export type RunRecord = Static<typeof RunRecord>;
const isRecord = createValidator<RunRecord>(RunRecord);

/** What a run was made from besides its plan. */
export type RunOrigin = {
  /** The scenario file as it was run. */
  scenario: unknown;
  /** Where the weather comes from, in words and numbers. */
  climate: unknown;
  /** What was filled, estimated or left out on the way to the plan. */
  notes: readonly string[];
  /** Operations that cannot be carried out. */
  impossible: SkippedOperation[];
  sources: {of: string; licence: string | null; credit: string | null; source: string | null}[];
  origin: {longitudeDeg: number; latitudeDeg: number; heightM: number};
};

/** A run on disk. Every file appears whole or not at all, so that whatever ends the program, what is there is right. */
export type RunFolder = {
  path: string;
  file(name: string): string;
  record(): RunRecord;
  save(record: RunRecord): void;
  plan(): RunPlan;
  origin(): RunOrigin;
  /** Finished members, ascending; `plan` is the run's own. */
  members(plan: RunPlan): MemberSummary[];
  member(plan: RunPlan, member: number): MemberSummary | null;
  saveMember(summary: MemberSummary): void;
  saveEvents(events: readonly RunEventBody[]): void;
  /** Of member 0; empty until it is done. */
  events(): RunEventBody[];
  savePlayback(bytes: Uint8Array): void;
  hasPlayback(): boolean;
  bytes(): number;
  remove(): void;
};

const FILES = {
  record: 'run.json',
  plan: 'plan.bin.gz',
  origin: 'origin.json',
  events: 'events.json',
  playback: 'trees.etw',
} as const;
export const PLAYBACK_FILE = FILES.playback;

const memberName = (member: number) => join('members', `${String(member).padStart(4, '0')}.bin`);

function damaged(path: string, why: string): EcoError {
  return new EcoError('run_damaged', `${path}: ${why}; remove the folder or restore it from a copy`, 500);
}

export function openRunFolder(path: string): RunFolder {
  const file = (name: string) => join(path, name);
  const json = (name: string): unknown => {
    try {
      return JSON.parse(readFileSync(file(name), 'utf8'));
    } catch (error) {
      throw damaged(file(name), `expected JSON: ${(error as Error).message}`);
    }
  };
  const member = (plan: RunPlan, number: number) => readMember(file(memberName(number)), plan, number);
  return {
    path,
    file,
    record: () => {
      const value = json(FILES.record);
      if (isRecord(value)) return value;
      throw damaged(file(FILES.record), isRecord.problem());
    },
    save: (record) => writeWholeFile(file(FILES.record), `${JSON.stringify(record, null, 1)}\n`),
    plan: () => {
      try {
        return deserialize(gunzipSync(readFileSync(file(FILES.plan)))) as RunPlan;
      } catch (error) {
        throw damaged(file(FILES.plan), (error as Error).message);
      }
    },
    origin: () => json(FILES.origin) as RunOrigin,
    member,
    members: (plan) =>
      Array.from({length: plan.members}, (_, number) => member(plan, number)).filter((one) => one !== null),
    saveMember: (summary) => writeMember(file(memberName(summary.member)), summary),
    saveEvents: (events) => writeWholeFile(file(FILES.events), JSON.stringify(events)),
    events: () => (existsSync(file(FILES.events)) ? (json(FILES.events) as RunEventBody[]) : []),
    savePlayback: (bytes) => writeWholeFile(file(FILES.playback), bytes),
    hasPlayback: () => existsSync(file(FILES.playback)),
    bytes: () => folderBytes(path),
    remove: () => rmSync(path, {recursive: true, force: true}),
  };
}

/** Makes the folder of a new run. The record is written last: a folder without it is none. */
export function createRunFolder(
  path: string,
  parts: {record: RunRecord; plan: RunPlan; origin: RunOrigin},
): RunFolder {
  mkdirSync(join(path, 'members'), {recursive: true});
  const folder = openRunFolder(path);
  writeWholeFile(folder.file(FILES.plan), gzipSync(serialize(parts.plan), {level: 3}));
  writeWholeFile(folder.file(FILES.origin), JSON.stringify(parts.origin));
  folder.save(parts.record);
  return folder;
}

export function isRunFolder(path: string): boolean {
  return existsSync(join(path, FILES.record));
}

function folderBytes(path: string): number {
  let bytes = 0;
  for (const entry of readdirSync(path, {withFileTypes: true})) {
    const inner = join(path, entry.name);
    if (entry.isDirectory()) bytes += folderBytes(inner);
    else if (entry.isFile()) bytes += statSync(inner, {throwIfNoEntry: false})?.size ?? 0;
  }
  return bytes;
}
