import type {SiteBody} from '#schemas';
import type {TreeHistory} from '../engine/tree-history.ts';

/**
 * Where the eye is and where it looks. The same fields as a site's `views`, so that a view can be handed in as it
 * stands. Heights are in the site's vertical datum.
 */
export type CameraState = {
  longitudeDeg: number;
  latitudeDeg: number;
  heightM: number;
  /** Clockwise from north, 0 to 360. */
  headingDeg: number;
  /** -90 looks straight down, 0 at the horizon. */
  pitchDeg: number;
  /** Vertical angle of view of a wide picture; a tall picture widens it so that the sides keep their angle. */
  fovDeg?: number;
};

/**
 * What can be switched. `surroundings` is all land outside the site's height grid; `vegetation` all crowns, `illustrated` those of them
 * that no list of trees holds.
 */
export const LAYER_IDS = [
  'terrain',
  'surroundings',
  'water',
  'vegetation',
  'illustrated',
  'buildings',
  'roads',
  'zones',
  'shadows',
  'sky',
] as const;
export type LayerId = (typeof LAYER_IDS)[number];

export type LayerInfo = {
  id: LayerId;
  on: boolean;
  opacity: number;
  /**
   * `site`: from the site's own files. `illustrative`: crowns placed by land cover, in no list of trees.
   * `synthetic`: made up around the site so that it does not float in nothing. The page must say which.
   */
  origin: 'site' | 'illustrative' | 'synthetic';
};

/** A place on the canvas in CSS pixels from its top left corner. */
export type ScreenPoint = {
  x: number;
  y: number;
  /** Distance from the eye, for painting order. */
  distanceM: number;
  /** Ground lies between the eye and the place. */
  occluded: boolean;
};

export type Hit = {
  kind: 'ground' | 'water' | 'building' | 'surroundings';
  /** Building id, where the kind has one. */
  id: string | null;
  /** Smallest zone that holds the place. */
  zone: string | null;
  longitudeDeg: number;
  latitudeDeg: number;
  heightM: number;
};

export type StationColour = {
  id: string;
  longitudeDeg: number;
  latitudeDeg: number;
  /** Any CSS colour of the form #rrggbb. */
  colour: string;
  radiusM?: number;
};

export type QualityLevel = 'low' | 'mid' | 'high';

export type FrameStats = {
  frames: number;
  drawCalls: number;
  triangles: number;
  /** Main-thread time of the last frame. */
  jsMs: number;
  crowns: {near: number; mid: number; far: number; placed: number; trees: number};
  terrainPatches: number;
  textures: number;
  geometries: number;
  programs: number;
  failedPrograms: number;
  contextAlive: boolean;
  quality: QualityLevel;
  pixelRatio: number;
  width: number;
  height: number;
};

/** Steps of the start in their order. The scene can be seen and moved from `terrain` on. */
export type LoadStage = 'data' | 'terrain' | 'water' | 'buildings' | 'vegetation' | 'ready';
export type LoadProgress = {stage: LoadStage /** 0 to 1 over all stages. */; fraction: number};

/** What a host needs to know of a site: a part of `GET /sites`. */
export type SceneSite = Pick<SiteBody, 'id' | 'origin' | 'files' | 'waterBody' | 'views'>;

/** `frame`: a frame was drawn. `camera`: it moved in that frame. `context`: the picture was lost or came back. */
export type SceneEvent = 'frame' | 'camera' | 'context';

/**
 * A place for the site's 3-D scene, whatever engine draws it. Draws only when something has changed. All times are
 * UTC milliseconds, all heights metres in the site's vertical datum, all positions WGS 84 degrees.
 */
export interface SceneHost {
  readonly canvas: HTMLCanvasElement;
  /** Resolves when everything, crowns included, has been drawn once. Rejects when the scene could not be made. */
  readonly ready: Promise<void>;

  setCamera(camera: CameraState): void;
  getCamera(): Required<CameraState>;
  /** Glides there; jumps when the visitor asked for less motion. Resolves on arrival or when interrupted. */
  flyTo(camera: CameraState, durationMs?: number): Promise<void>;
  /** Looks at a place from a distance, keeping the present heading. */
  flyToPlace(
    place: {longitudeDeg: number; latitudeDeg: number; distanceM?: number},
    durationMs?: number,
  ): Promise<void>;
  /** The site's first view, or one that shows all of it. */
  homeCamera(): Required<CameraState>;

  /** Sun, light and season of that instant. */
  setTime(timeMs: number): void;
  /** Level of the water body around or beside the site; null: unknown, its normal level is drawn. */
  setWaterLevel(levelM: number | null): void;
  /** Trees that the site's archive or a run tells of, in their first year; null: only what illustrates the land cover. */
  setTrees(trees: TreeHistory | null): Promise<void>;
  /** Shows the trees as they were in a year; a fraction lies between two. */
  setTreeYear(year: number): void;
  setLayer(id: LayerId, on: boolean, opacity?: number): void;
  layers(): LayerInfo[];
  /** Ripples and wind; off by default, ignored when the visitor asked for less motion or quality is low. */
  setMotion(on: boolean): void;

  /** Soft discs on the ground under stations; no value is made up between them. null takes them away. */
  setStationColours(stations: readonly StationColour[] | null): void;
  /** Colours of whole zones over a greyed ground, by zone id. null gives the natural ground back. */
  setZoneColours(colours: Readonly<Record<string, string>> | null): void;
  selectZone(id: string | null): void;

  /** The first thing under a point of the canvas (CSS pixels); null for sky. */
  pick(x: number, y: number): Promise<Hit | null>;
  /** null: behind the eye or outside the picture. `heightM` left out: on the ground. */
  project(longitudeDeg: number, latitudeDeg: number, heightM?: number): ScreenPoint | null;
  /** Height of the ground, null outside the site's grid. */
  groundHeightM(longitudeDeg: number, latitudeDeg: number): number | null;

  /** Asks for one frame; many asks give one. */
  requestFrame(): void;
  /** Draws one frame at once, in this very task, so that its pixels can be read back: for tests and pictures. */
  renderNow(): void;
  on(event: SceneEvent, listener: () => void): () => void;
  stats(): FrameStats;
  dispose(): void;
}

export type SceneHostOptions = {
  /** The canvas fills it and follows its size. */
  container: HTMLElement;
  site: SceneSite;
  /** What the canvas says to a screen reader. */
  label: string;
  /** Left out: probed once and kept. */
  quality?: QualityLevel;
  timeMs?: number;
  waterLevelM?: number | null;
  camera?: CameraState;
  onProgress?: (progress: LoadProgress) => void;
  /** Fixes wind and water, so that a picture can be repeated. */
  frozen?: boolean;
};
