import type {
  AccessBody,
  ApiError,
  CategoryBody,
  DatastreamBody,
  DeviceBody,
  DeviceDetailBody,
  DeviceEventBody,
  ElementBody,
  ExplanationBody,
  HealthBody,
  NewRevisionBody,
  ObservationBody,
  RevisionBody,
  RevokeBody,
  SeriesBody,
  SiteBody,
  StationBody,
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
  '/access': AccessBody;
};
export type {DeviceDetailBody};

const ROOT = '/api/v1';

/** A refusal by the server, with its stable code. */
export class ApiRefusal extends Error {
  readonly code: string;
  readonly status: number;
  constructor(status: number, body: ApiError) {
    super(body.message);
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
  const body = (await answer.json().catch(() => ({code: 'http', message: answer.statusText}))) as ApiError;
  throw new ApiRefusal(answer.status, body);
}

export async function get<P extends keyof Answers>(
  path: P,
  query?: Query,
  signal?: AbortSignal,
): Promise<Answers[P]> {
  return (await (await answerOf(path, query, 'application/json', signal)).json()) as Answers[P];
}

/** All items of a paged list. */
export async function getAll<P extends '/stations' | '/devices' | '/datastreams' | '/latest'>(
  path: P,
  query?: Query,
): Promise<Answers[P]['items'][number][]> {
  const items: Answers[P]['items'][number][] = [];
  let next: string | undefined = address(path, query);
  while (next !== undefined) {
    const list = (await (await answerOf(next, undefined, 'application/json')).json()) as Answers[P];
    items.push(...list.items);
    next = list.next;
  }
  return items;
}

const datastreamPath = (id: string) => `/datastreams/${encodeURIComponent(id)}`;

async function post<T>(path: string, body: unknown): Promise<T> {
  const answer = await fetch(address(path), {
    method: 'POST',
    headers: {accept: 'application/json', 'content-type': 'application/json'},
    body: JSON.stringify(body),
  });
  return (await (await checked(answer)).json()) as T;
}

async function read<T>(path: string, query?: Query, signal?: AbortSignal): Promise<T> {
  return (await (await answerOf(path, query, 'application/json', signal)).json()) as T;
}

/** Later verdicts and corrections that people and procedures made of a range, in the order in which they were made. */
export async function revisionsOf(id: string, range: Query, signal?: AbortSignal): Promise<RevisionBody[]> {
  const items: RevisionBody[] = [];
  let next: string | undefined = address(`${datastreamPath(id)}/revisions`, range);
  while (next !== undefined) {
    const list: {items: RevisionBody[]; next?: string} = await read(next, undefined, signal);
    items.push(...list.items);
    next = list.next;
  }
  return items;
}

export function verdictsOf(id: string, range: Query, signal?: AbortSignal): Promise<VerdictsBody> {
  return read(`${datastreamPath(id)}/verdicts`, range, signal);
}

/** Resolves when it is durable. */
export function makeRevision(id: string, body: NewRevisionBody): Promise<RevisionBody> {
  return post(`${datastreamPath(id)}/revisions`, body);
}

/** Takes a revision back, or the taking back of one. */
export function revokeRevision(id: string, version: number, body: RevokeBody): Promise<RevisionBody> {
  return post(`${datastreamPath(id)}/revisions/${version}/revoke`, body);
}

/** The story of the observation of a time (ISO 8601). */
export function explain(id: string, time: string, signal?: AbortSignal): Promise<ExplanationBody> {
  const path = `/observations/${encodeURIComponent(id)}/${encodeURIComponent(time)}/explain`;
  return read(path, undefined, signal);
}

/** The raw rows of a series as a CSV file. */
export async function seriesCsv(query: Query): Promise<Blob> {
  return (await answerOf('/series', query, 'text/csv')).blob();
}

export type StreamHandlers = {
  observation(body: ObservationBody): void;
  device(body: DeviceEventBody): void;
  /** The connection is there (again), or is lost. After a loss, what came between must be asked for. */
  state(connected: boolean): void;
};

/** The live stream of a site; the browser reconnects by itself. Returns how to end it. */
export function openStream(site: string, handlers: StreamHandlers): () => void {
  const source = new EventSource(address('/stream', {site}));
  source.addEventListener('open', () => handlers.state(true));
  source.addEventListener('error', () => handlers.state(false));
  source.addEventListener('observation', (event) =>
    handlers.observation(JSON.parse(event.data) as ObservationBody),
  );
  source.addEventListener('device', (event) => handlers.device(JSON.parse(event.data) as DeviceEventBody));
  // Events were dropped because this page was slow: as good as a lost connection.
  source.addEventListener('dropped', () => handlers.state(true));
  return () => source.close();
}
