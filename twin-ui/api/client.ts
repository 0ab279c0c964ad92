import type {
  AccessBody,
  ApiError,
  ApprovedDeviceBody,
  BridgeListBody,
  CategoryBody,
  DatastreamBody,
  DeadLetterBody,
  DeviceBody,
  DeviceDetailBody,
  DeviceEventBody,
  ElementBody,
  ExplanationBody,
  FrameReplayBody,
  HealthBody,
  MapListBody,
  MapPreviewBody,
  MapPreviewRequest,
  MoveDeviceBody,
  NewBridgeBody,
  NewBridgeResult,
  NewCalibrationBody,
  NewRevisionBody,
  ObservationBody,
  QualityBody,
  ReadingMap,
  RefuseDeviceBody,
  ReplaceDeviceBody,
  ReplaceDeviceResult,
  ReplayBody,
  RevisionBody,
  RevisionEventBody,
  RevokeBody,
  RunBody,
  RunRequest,
  ScenarioSummary,
  SeriesBody,
  SiteBody,
  SpeciesBody,
  StationBody,
  StatsBody,
  StorageBody,
  VerdictsBody,
  ZoneCollection,
} from '#schemas';

/** What a route answers, by path. Types come from the schemas that the server validates with. */
export type Answers = {
  '/sites': {items: SiteBody[]};
  '/health': HealthBody;
  '/categories': {items: CategoryBody[]};
  '/elements': {items: ElementBody[]};
  '/stations': {items: StationBody[]; next?: string};
  '/devices': {items: DeviceBody[]; next?: string};
  '/datastreams': {items: DatastreamBody[]; next?: string};
  '/latest': {items: ObservationBody[]; next?: string};
  '/series': SeriesBody;
  '/zones': ZoneCollection;
  '/species': {items: SpeciesBody[]};
  '/scenarios': {items: ScenarioSummary[]; next?: string};
  '/runs': {items: RunBody[]; next?: string};
  '/quality': QualityBody;
  '/dead-letters': {items: DeadLetterBody[]; next?: string};
  '/stats': StatsBody;
  '/storage': StorageBody;
  '/maps': MapListBody;
  '/bridges': BridgeListBody;
  '/access': AccessBody;
};
export type {DeviceDetailBody};

const ROOT = '/api/v1';

/** A refusal by the server, with its stable code. */
export class ApiRefusal extends Error {
  readonly code: string;
  readonly status: number;
  readonly details: unknown;
  constructor(status: number, body: ApiError) {
    super(body.message);
    this.details = body.details;
    this.code = body.code;
    this.status = status;
  }
}

type Query = Readonly<Record<string, string | number | undefined>>;

function address(path: string, query: Query = {}): string {
  const parameters = new URLSearchParams();
  for (const [key, value] of Object.entries(query))
    if (value !== undefined) parameters.set(key, String(value));
  const text = parameters.toString();
  return `${path.startsWith(ROOT) ? path : ROOT + path}${text === '' ? '' : `?${text}`}`;
}

async function answerOf(
  path: string,
  query: Query | undefined,
  accept: string,
  signal?: AbortSignal,
): Promise<Response> {
  return checked(await fetch(address(path, query), {headers: {accept}, ...(signal ? {signal} : {})}));
}

async function checked(answer: Response): Promise<Response> {
  if (answer.ok) return answer;
  throw await refusalOf(answer);
}

async function refusalOf(answer: Response): Promise<ApiRefusal> {
  const body = (await answer.json().catch(() => ({code: 'http', message: answer.statusText}))) as ApiError;
  return new ApiRefusal(answer.status, body);
}

export async function get<P extends keyof Answers>(
  path: P,
  query?: Query,
  signal?: AbortSignal,
): Promise<Answers[P]> {
  return (await (await answerOf(path, query, 'application/json', signal)).json()) as Answers[P];
}

/** The answer of a route that names one thing in its path. */
export async function getOne<T>(path: string, query?: Query, signal?: AbortSignal): Promise<T> {
  return (await (await answerOf(path, query, 'application/json', signal)).json()) as T;
}

/** A file as bytes. */
export async function bytesOf(path: string, query?: Query): Promise<Uint8Array> {
  return new Uint8Array(await (await answerOf(path, query, 'application/octet-stream')).arrayBuffer());
}

/** All items of a paged list. */
export async function getAll<P extends '/stations' | '/devices' | '/datastreams' | '/latest'>(
  path: P,
  query?: Query,
  signal?: AbortSignal,
): Promise<Answers[P]['items'][number][]> {
  const items: Answers[P]['items'][number][] = [];
  let next: string | undefined = address(path, query);
  while (next !== undefined) {
    const list = (await (await answerOf(next, undefined, 'application/json', signal)).json()) as Answers[P];
    items.push(...list.items);
    next = list.next;
  }
  return items;
}

/** Body and answer of what can be sent, by path; `{id}` is filled in. */
export type Sent = {
  '/maps': [ReadingMap, ReadingMap];
  '/maps/preview': [MapPreviewRequest, MapPreviewBody];
  '/bridges': [NewBridgeBody, NewBridgeResult];
  '/bridges/{id}/replay': [undefined, FrameReplayBody];
  '/dead-letters/replay': [{ids: number[]}, ReplayBody];
  '/devices/{id}/approve': [ApprovedDeviceBody, ReplayBody];
  '/devices/{id}/refuse': [RefuseDeviceBody, DeviceBody];
  '/devices/{id}/wait': [undefined, DeviceBody];
  '/devices/{id}/replace': [ReplaceDeviceBody, ReplaceDeviceResult];
  '/devices/{id}/move': [MoveDeviceBody, DeviceDetailBody];
  '/devices/{id}/calibrations': [NewCalibrationBody, DeviceDetailBody];
  '/scenarios': [unknown, {id: string}];
  '/scenarios/{id}/runs': [RunRequest, {id: string}];
  '/runs/{id}/cancel': [undefined, RunBody];
  '/runs/{id}/resume': [undefined, RunBody];
};

async function send<T>(path: string, body: unknown): Promise<T> {
  const answer = await fetch(ROOT + path, {
    method: 'POST',
    headers: {
      accept: 'application/json',
      ...(body === undefined ? {} : {'content-type': 'application/json'}),
    },
    ...(body === undefined ? {} : {body: JSON.stringify(body)}),
  });
  if (!answer.ok) throw await refusalOf(answer);
  return (await answer.json()) as T;
}

export function post<P extends keyof Sent>(path: P, body: Sent[P][0], id = ''): Promise<Sent[P][1]> {
  return send(path.replace('{id}', encodeURIComponent(id)), body);
}

export async function getDevice(id: string, signal?: AbortSignal): Promise<DeviceDetailBody> {
  const path = `/devices/${encodeURIComponent(id)}`;
  return (await (await answerOf(path, undefined, 'application/json', signal)).json()) as DeviceDetailBody;
}

export async function getMap(id: string, signal?: AbortSignal): Promise<ReadingMap> {
  const path = `/maps/${encodeURIComponent(id)}`;
  return (await (await answerOf(path, undefined, 'application/json', signal)).json()) as ReadingMap;
}

/** A dead letter by its number; undefined: there is none. */
export async function getLetter(id: number, signal?: AbortSignal): Promise<DeadLetterBody | undefined> {
  // `after` is the number after which older ones follow.
  const {items} = await get('/dead-letters', {limit: 1, after: id + 1}, signal);
  return items[0]?.id === id ? items[0] : undefined;
}

/** Address of a file to download. */
export function exportAddress(query: Query): string {
  return address('/export', query);
}

const datastreamPath = (id: string) => `/datastreams/${encodeURIComponent(id)}`;

/** Later verdicts and corrections that people and procedures made of a range, in the order in which they were made. */
export async function revisionsOf(id: string, range: Query, signal?: AbortSignal): Promise<RevisionBody[]> {
  const items: RevisionBody[] = [];
  let next: string | undefined = address(`${datastreamPath(id)}/revisions`, range);
  while (next !== undefined) {
    const list: {items: RevisionBody[]; next?: string} = await getOne(next, undefined, signal);
    items.push(...list.items);
    next = list.next;
  }
  return items;
}

export function verdictsOf(id: string, range: Query, signal?: AbortSignal): Promise<VerdictsBody> {
  return getOne(`${datastreamPath(id)}/verdicts`, range, signal);
}

/** Resolves when it is durable. */
export function makeRevision(id: string, body: NewRevisionBody): Promise<RevisionBody> {
  return send(`${datastreamPath(id)}/revisions`, body);
}

/** Takes a revision back, or the taking back of one. */
export function revokeRevision(id: string, version: number, body: RevokeBody): Promise<RevisionBody> {
  return send(`${datastreamPath(id)}/revisions/${version}/revoke`, body);
}

/** The story of the observation of a time (ISO 8601). */
export function explain(id: string, time: string, signal?: AbortSignal): Promise<ExplanationBody> {
  const path = `/observations/${encodeURIComponent(id)}/${encodeURIComponent(time)}/explain`;
  return getOne(path, undefined, signal);
}

/** The raw rows of a series as a CSV file. */
export async function seriesCsv(query: Query): Promise<Blob> {
  return (await answerOf('/series', query, 'text/csv')).blob();
}

export type StreamHandlers = {
  observation(body: ObservationBody): void;
  device(body: DeviceEventBody): void;
  revision(body: RevisionEventBody): void;
  /** The connection is there (again), or is lost. */
  state(connected: boolean): void;
  /** Events may have been missed: what came between must be asked for. */
  missed(): void;
};

/** The live stream of a site; the browser reconnects by itself. Returns how to end it. */
export function openStream(site: string, handlers: StreamHandlers): () => void {
  const source = new EventSource(address('/stream', {site, events: 'observation,device,revision'}));
  let lost = false;
  source.addEventListener('open', () => {
    handlers.state(true);
    if (lost) handlers.missed();
    lost = false;
  });
  source.addEventListener('error', () => {
    lost = true;
    handlers.state(false);
  });
  source.addEventListener('observation', (event) =>
    handlers.observation(JSON.parse(event.data) as ObservationBody),
  );
  source.addEventListener('device', (event) => handlers.device(JSON.parse(event.data) as DeviceEventBody));
  source.addEventListener('revision', (event) =>
    handlers.revision(JSON.parse(event.data) as RevisionEventBody),
  );
  // This page was slow: as good as a lost connection.
  source.addEventListener('dropped', () => handlers.missed());
  return () => source.close();
}
