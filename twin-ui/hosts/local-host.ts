import {
  ACESFilmicToneMapping,
  Box3,
  Frustum,
  Matrix4,
  type Object3D,
  PerspectiveCamera,
  SRGBColorSpace,
  Vector3,
  WebGLRenderer,
} from 'three';
import {sunPosition} from '#model';
import {lookAt, type Rig, type RigLimits, rayThrough, rigAxes} from '../engine/camera-rig.ts';
import {groundHides, type Vector} from '../engine/ground-ray.ts';
import {heightAt, insideGrid} from '../engine/height-grid.ts';
import type {LonLat} from '../engine/local-frame.ts';
import {seasonality, yearFraction} from '../engine/season.ts';
import {readSiteFiles, type SiteGround} from '../engine/site-files.ts';
import {skyLight} from '../engine/sky-light.ts';
import {selectPatches} from '../engine/terrain-patches.ts';
import type {TreeHistory} from '../engine/tree-history.ts';
import {applyLight, type SceneUniforms} from '../layers/scene-uniforms.ts';
import {makeFrameLoop} from './local/frame-loop.ts';
import {homeView} from './local/home-view.ts';
import {castRay, zoneAt} from './local/picking.ts';
import {buildScene} from './local/scene-layers.ts';
import {makeSteering} from './local/steering.ts';
import {chooseQuality, QUALITIES} from './quality.ts';
import {
  type CameraState,
  LAYER_IDS,
  type LayerId,
  type LayerInfo,
  type LoadStage,
  type SceneEvent,
  type SceneHost,
  type SceneHostOptions,
  type StationColour,
} from './scene-host.ts';
import {exposeForTests} from './test-hook.ts';

const DEFAULT_FOV_DEG = 47;
/** Least height of the eye over ground and water. */
const CLEARANCE_M = 4;
const RAD = Math.PI / 180;
/** Turn of the light that is worth new shade. */
const SHADE_STEP_RAD = 0.35 * RAD;
/** Part of the year that is worth new paint: six days. */
const SEASON_STEP = 1 / 60;
const STATION_RADIUS_M = 85;

const ORIGINS: Record<LayerId, LayerInfo['origin']> = {
  terrain: 'site',
  surroundings: 'synthetic',
  water: 'site',
  vegetation: 'site',
  illustrated: 'illustrative',
  buildings: 'site',
  roads: 'site',
  zones: 'site',
  shadows: 'site',
  sky: 'synthetic',
};
const OFF_AT_START: readonly LayerId[] = ['zones'];

/** How far the start has come when a stage begins, by what the stages take on a slow machine. */
const FRACTIONS: Record<LoadStage, number> = {
  data: 0,
  terrain: 0.3,
  water: 0.62,
  buildings: 0.72,
  vegetation: 0.8,
  ready: 1,
};

const nextTask = () => new Promise<void>((resolve) => setTimeout(resolve, 0));

/**
 * The scene in three.js, out of the site's own files and nothing else. Resolves once ground, surroundings and sky
 * are drawn; water, buildings and vegetation follow (`ready`).
 *
 * @throws {Error} when a file does not come or the browser has no WebGL 2.
 */
export async function createLocalHost(options: SceneHostOptions): Promise<SceneHost> {
  const progress = (stage: LoadStage, fraction = FRACTIONS[stage]) => options.onProgress?.({stage, fraction});
  progress('data');
  const ground = await readSiteFiles(options.site, (done, of) =>
    progress('data', (FRACTIONS.terrain * done) / of),
  );
  progress('terrain');
  const quality = QUALITIES[options.quality ?? chooseQuality()];
  const {canvas, renderer} = makePicture(options, quality);
  try {
    const timeMs = options.timeMs ?? Date.now();
    const layers = await buildScene(
      renderer,
      ground,
      quality,
      (u) => lightScene(u, timeMs, options.site.origin),
      nextTask,
    );
    const host = assemble(options, {ground, quality, canvas, renderer, layers, progress});
    exposeForTests(host);
    return host;
  } catch (error) {
    renderer.dispose();
    canvas.remove();
    throw error;
  }
}

/** Writes sun, sky and season of an instant; returns the exposure that suits them. */
function lightScene(u: SceneUniforms, timeMs: number, origin: LonLat): number {
  const light = skyLight(sunPosition(timeMs, origin.latitudeDeg, origin.longitudeDeg));
  applyLight(u, light);
  u.uYear.value.set(yearFraction(timeMs, origin.latitudeDeg), seasonality(origin.latitudeDeg));
  return light.exposure;
}

function makePicture(
  {container, label}: SceneHostOptions,
  quality: (typeof QUALITIES)[keyof typeof QUALITIES],
) {
  const canvas = document.createElement('canvas');
  canvas.tabIndex = 0;
  canvas.setAttribute('role', 'application');
  canvas.setAttribute('aria-label', label);
  Object.assign(canvas.style, {
    position: 'absolute',
    inset: '0',
    width: '100%',
    height: '100%',
    display: 'block',
    touchAction: 'none',
  });
  container.prepend(canvas);
  const renderer = new WebGLRenderer({
    canvas,
    antialias: quality.antialias,
    powerPreference: 'high-performance',
    stencil: false,
  });
  renderer.outputColorSpace = SRGBColorSpace;
  renderer.toneMapping = ACESFilmicToneMapping;
  renderer.info.autoReset = false;
  renderer.setPixelRatio(Math.min(devicePixelRatio, quality.pixelRatio));
  return {canvas, renderer};
}

type Parts = {
  ground: SiteGround;
  quality: (typeof QUALITIES)[keyof typeof QUALITIES];
  canvas: HTMLCanvasElement;
  renderer: WebGLRenderer;
  layers: Awaited<ReturnType<typeof buildScene>>;
  progress: (stage: LoadStage) => void;
};

function assemble(
  options: SceneHostOptions,
  {ground, quality, canvas, renderer, layers, progress}: Parts,
): SceneHost {
  const {site, container, frozen = false} = options;
  const {height, frame} = ground;
  const u = layers.uniforms;
  const camera = new PerspectiveCamera(DEFAULT_FOV_DEG, 1, 1, 60_000);
  const calmly = matchMedia('(prefers-reduced-motion: reduce)');
  const listeners = new Map<SceneEvent, Set<() => void>>();
  const switches = new Map(LAYER_IDS.map((id) => [id, {on: !OFF_AT_START.includes(id), opacity: 1}]));
  const shadeLight = u.uLight.value.clone();
  const counts = {frames: 0, jsMs: 0, patches: 0};
  let cameraMoved = true;
  let viewStale = true;
  let motion = false;
  let waterLevel = options.waterLevelM ?? null;
  let timeMs = options.timeMs ?? Date.now();
  let paintedYear = u.uYear.value.x;
  let zoneColours: Readonly<Record<string, string>> | null = null;
  let selectedZone: string | null = null;
  let stations: readonly StationColour[] | null = null;
  let contextAlive = true;
  let disposed = false;

  const tell = (event: SceneEvent) => {
    for (const listener of [...(listeners.get(event) ?? [])]) listener();
  };
  const shownWaterM = () => (layers.shoreM === null ? null : (waterLevel ?? layers.shoreM));
  const size = Math.max(height.eastM - height.westM, height.northM - height.southM);
  const limits: RigLimits = {
    centre: {eastM: (height.westM + height.eastM) / 2, northM: (height.southM + height.northM) / 2},
    rangeM: size * 1.45,
    highestM: height.highestM + size * 1.6,
    groundM: (e, n) => Math.max(layers.groundHeightM(e, n), shownWaterM() ?? -Infinity),
    clearanceM: CLEARANCE_M,
  };
  const toRig = (state: CameraState): Rig => ({
    ...frame.toLocal(state),
    heightM: state.heightM,
    headingDeg: state.headingDeg,
    pitchDeg: state.pitchDeg,
    fovDeg: state.fovDeg ?? DEFAULT_FOV_DEG,
  });
  const toState = ({eastM, northM, heightM, headingDeg, pitchDeg, fovDeg}: Rig): Required<CameraState> => ({
    ...frame.toLonLat({eastM, northM}),
    heightM,
    headingDeg,
    pitchDeg,
    fovDeg,
  });
  const aspect = () => Math.max(0.1, container.clientWidth / Math.max(1, container.clientHeight));
  const homeRig = () => {
    const first = site.views[0];
    return homeView(ground, first ? toRig(first) : null, aspect(), DEFAULT_FOV_DEG, layers.shoreM);
  };
  const eyeAt = (rig: Rig): Vector => ({eastM: rig.eastM, upM: rig.heightM, northM: rig.northM});
  const cast = (direction: Vector) =>
    castRay(ground, layers.valley, shownWaterM(), eyeAt(steering.rig()), direction);

  const loop = makeFrameLoop((elapsedMs, nowMs) => {
    if (disposed || !contextAlive) return false;
    const more = steering.advance(elapsedMs, nowMs);
    const moving = motion && !frozen && quality.motion && !calmly.matches;
    if (moving) u.uSeconds.value += elapsedMs / 1000;
    render();
    return more || moving;
  });
  const requestFrame = () => loop.request();
  const steering = makeSteering({
    canvas,
    start: options.camera ? toRig(options.camera) : homeRig(),
    limits,
    groundAlong: (direction) => cast(direction)?.at ?? null,
    home: homeRig,
    calm: () => calmly.matches,
    onMove: () => {
      cameraMoved = viewStale = true;
    },
    requestFrame,
  });

  const frustum = new Frustum();
  const matrix = new Matrix4();
  const box = new Box3();
  const aim = () => {
    const rig = steering.rig();
    const {forward, top} = rigAxes(rig);
    const clearance = Math.max(CLEARANCE_M, rig.heightM - limits.groundM(rig.eastM, rig.northM));
    camera.position.set(rig.eastM, rig.heightM, -rig.northM);
    camera.up.set(top.eastM, top.upM, -top.northM);
    camera.lookAt(rig.eastM + forward.eastM, rig.heightM + forward.upM, -rig.northM - forward.northM);
    camera.fov = steering.lens().fovDeg;
    camera.aspect = aspect();
    camera.near = Math.min(60, Math.max(0.6, clearance * 0.16));
    camera.far = layers.valley.reachM * 2.6;
    camera.updateProjectionMatrix();
    camera.updateMatrixWorld();
  };
  /** Chooses ground patches and crowns for the present view. */
  const arrange = () => {
    matrix.multiplyMatrices(camera.projectionMatrix, camera.matrixWorldInverse);
    frustum.setFromProjectionMatrix(matrix);
    const rig = steering.rig();
    const picked = selectPatches(layers.patches, {
      eye: eyeAt(rig),
      leafReachM: (quality.leafReachM * Math.max(300, canvas.height)) / 900,
      sees: (b) => {
        box.min.set(b.westM, b.lowM - 20, -b.northM);
        box.max.set(b.eastM, b.highM, -b.southM);
        return frustum.intersectsBox(box);
      },
    });
    counts.patches = layers.terrain.show(picked);
    if (layers.crowns) layers.crowns.select(camera, canvas.height);
    if (quality.shadeNearPx > 0) {
      const ahead = rayThrough(rig, 0, -0.25, steering.lens().tan);
      const overM = rig.heightM - limits.groundM(rig.eastM, rig.northM);
      const t = Math.min(900, ahead.upM < -0.02 ? overM / -ahead.upM : 900);
      if (overM < 900)
        layers.shade.focus(
          rig.eastM + ahead.eastM * t * 0.9,
          rig.northM + ahead.northM * t * 0.9,
          overM < 160 ? 600 : 1200,
        );
    }
  };
  const render = () => {
    const start = performance.now();
    const moved = cameraMoved;
    if (cameraMoved) aim();
    if (viewStale) arrange();
    cameraMoved = viewStale = false;
    renderer.info.reset();
    renderer.render(layers.scene, camera);
    counts.jsMs = performance.now() - start;
    counts.frames += 1;
    if (moved) tell('camera');
    tell('frame');
  };

  const light = () => {
    renderer.toneMappingExposure = lightScene(u, timeMs, site.origin);
    if (u.uLight.value.angleTo(shadeLight) > SHADE_STEP_RAD) {
      shadeLight.copy(u.uLight.value);
      layers.shade.update();
    }
    const turned = Math.abs(u.uYear.value.x - paintedYear);
    if (Math.min(turned, 1 - turned) > SEASON_STEP) {
      paintedYear = u.uYear.value.x;
      layers.repaint();
    }
  };
  const paintOverlay = () => {
    layers.overlay.paint({
      zoneColours,
      selectedZone,
      discs:
        stations?.map(({longitudeDeg, latitudeDeg, colour, radiusM}) => ({
          at: frame.toLocal({longitudeDeg, latitudeDeg}),
          radiusM: radiusM ?? STATION_RADIUS_M,
          colour,
        })) ?? null,
    });
    layers.zoneLines.select(selectedZone);
    applySwitches();
    requestFrame();
  };
  /** Carries the switches over to what exists by now. */
  const applySwitches = () => {
    const is = (id: LayerId) => switches.get(id)!.on;
    const show = (object: Object3D | null, on: boolean) => {
      if (object) object.visible = on;
    };
    show(layers.terrain.mesh, is('terrain'));
    show(layers.surroundings.mesh, is('surroundings'));
    show(layers.sky, is('sky'));
    show(layers.water, is('water'));
    show(layers.buildings, is('buildings'));
    show(layers.crowns?.group ?? null, is('vegetation'));
    layers.crowns?.showIllustrated(is('illustrated'));
    layers.shade.setCrownCount(is('vegetation') ? (layers.crowns?.shown() ?? 0) : 0);
    show(layers.zoneLines.mesh, is('zones') || selectedZone !== null);
    layers.zoneLines.setOpacity(switches.get('zones')!.opacity * 0.55);
    layers.zoneLines.setOnlySelected(!is('zones'));
    u.uLinesOn.value = is('roads') ? 1 : 0;
    u.uShadeStrength.value = is('shadows') ? switches.get('shadows')!.opacity : 0;
  };
  const setWater = () => {
    u.uWater.value = shownWaterM() ?? -1e5;
  };
  const resize = () => {
    const {clientWidth, clientHeight} = container;
    if (clientWidth === 0 || clientHeight === 0) return;
    renderer.setPixelRatio(Math.min(devicePixelRatio, quality.pixelRatio));
    renderer.setSize(clientWidth, clientHeight, false);
    layers.zoneLines.resize(clientWidth, clientHeight);
    cameraMoved = viewStale = true;
    // at once, or the picture flashes empty until the next frame
    if (contextAlive) render();
  };

  const stop = new AbortController();
  canvas.addEventListener(
    'webglcontextlost',
    () => {
      contextAlive = false;
      tell('context');
    },
    {signal: stop.signal},
  );
  // three takes the context up again by itself, but what was baked comes back empty
  canvas.addEventListener(
    'webglcontextrestored',
    () => {
      contextAlive = true;
      layers.bakeAll();
      cameraMoved = viewStale = true;
      requestFrame();
      tell('context');
    },
    {signal: stop.signal},
  );

  setWater();
  light();
  applySwitches();
  resize();
  const sizes = new ResizeObserver(resize);
  sizes.observe(container);

  /** One change of the crowns after another; a later wish overtakes an earlier one that waits. */
  let trees: TreeHistory | null = null;
  let treeYear: number | null = null;
  let grown: Promise<void> = Promise.resolve();
  const growTrees = (): Promise<void> => {
    const wish = trees;
    grown = grown
      .catch(() => {})
      .then(async () => {
        if (disposed || wish !== trees) return;
        await layers.addCrowns(camera, wish, nextTask);
        if (disposed) return;
        if (treeYear !== null) layers.crowns?.setYear(treeYear);
        applySwitches();
        layers.shade.update();
        viewStale = true;
        requestFrame();
      });
    return grown;
  };

  const grow = async () => {
    const step = async (stage: LoadStage, add: () => Promise<void>) => {
      progress(stage);
      await nextTask();
      if (disposed) return;
      await add();
      if (disposed) return;
      applySwitches();
      viewStale = true;
      requestFrame();
      await nextTask();
    };
    await step('water', () => layers.addWater(camera));
    await step('buildings', () => layers.addBuildings(camera));
    await step('vegetation', growTrees);
    if (disposed) throw new Error('the scene was disposed of before it was complete');
    render();
    progress('ready');
  };
  const ready = grow();
  // a caller who waits for `ready` hears of a failure; nobody has to wait
  ready.catch(() => {});

  const screen = new Vector3();
  return {
    canvas,
    ready,
    setCamera: (state) => steering.place(toRig(state)),
    getCamera: () => toState(steering.rig()),
    flyTo: (state, durationMs = 1600) => steering.fly(toRig(state), durationMs),
    flyToPlace: ({longitudeDeg, latitudeDeg, distanceM = 420}, durationMs = 1500) => {
      const at = frame.toLocal({longitudeDeg, latitudeDeg});
      const rig = steering.rig();
      const pitchDeg = Math.min(-22, Math.max(-38, rig.pitchDeg));
      const upM = limits.groundM(at.eastM, at.northM);
      return steering.fly(
        lookAt({...at, upM}, {distanceM, headingDeg: rig.headingDeg, pitchDeg, fovDeg: DEFAULT_FOV_DEG}),
        durationMs,
      );
    },
    homeCamera: () => toState(homeRig()),
    setTrees: async (wanted) => {
      if (wanted === trees) return grown;
      trees = wanted;
      treeYear = null;
      // before the scene has come to its vegetation it takes them by itself
      return layers.crowns ? growTrees() : ready;
    },
    setTreeYear: (year) => {
      if (year === treeYear) return;
      const newState = treeYear === null || Math.round(year) !== Math.round(treeYear);
      treeYear = year;
      layers.crowns?.setYear(year);
      // between two states the shade stays that of the nearer one
      if (newState) {
        layers.shade.update();
        viewStale = true;
      }
      requestFrame();
    },
    setTime: (at) => {
      if (at === timeMs) return;
      timeMs = at;
      light();
      requestFrame();
    },
    setWaterLevel: (levelM) => {
      if (levelM === waterLevel) return;
      waterLevel = levelM;
      setWater();
      requestFrame();
    },
    setLayer: (id, on, opacity) => {
      const held = switches.get(id)!;
      held.on = on;
      if (opacity !== undefined) held.opacity = Math.min(1, Math.max(0, opacity));
      applySwitches();
      if (id === 'vegetation' || id === 'illustrated') {
        layers.shade.update();
        viewStale = true;
      }
      requestFrame();
    },
    layers: () => LAYER_IDS.map((id) => ({id, ...switches.get(id)!, origin: ORIGINS[id]})),
    setMotion: (on) => {
      motion = on;
      requestFrame();
    },
    setStationColours: (list) => {
      stations = list;
      paintOverlay();
    },
    setZoneColours: (colours) => {
      zoneColours = colours;
      paintOverlay();
    },
    selectZone: (id) => {
      if (id === selectedZone) return;
      selectedZone = id;
      paintOverlay();
    },
    pick: async (x, y) => {
      const {width, height: tall} = canvas.getBoundingClientRect();
      const hit = cast(
        rayThrough(steering.rig(), (x / width) * 2 - 1, 1 - (y / tall) * 2, steering.lens().tan),
      );
      if (!hit) return null;
      return {
        kind: hit.kind,
        id: hit.id,
        zone: zoneAt(ground.zones, hit.at),
        ...frame.toLonLat(hit.at),
        heightM: hit.at.upM,
      };
    },
    project: (longitudeDeg, latitudeDeg, heightM) => {
      if (cameraMoved) aim();
      const at = frame.toLocal({longitudeDeg, latitudeDeg});
      const upM = heightM ?? limits.groundM(at.eastM, at.northM);
      screen.set(at.eastM, upM, -at.northM).applyMatrix4(camera.matrixWorldInverse);
      if (screen.z > -camera.near) return null;
      screen.applyMatrix4(camera.projectionMatrix);
      if (Math.abs(screen.x) > 1.05 || Math.abs(screen.y) > 1.05) return null;
      const eye = eyeAt(steering.rig());
      const to = {...at, upM: upM + 1};
      return {
        x: (screen.x * 0.5 + 0.5) * container.clientWidth,
        y: (0.5 - screen.y * 0.5) * container.clientHeight,
        distanceM: Math.hypot(to.eastM - eye.eastM, to.upM - eye.upM, to.northM - eye.northM),
        occluded: groundHides(height, eye, to),
      };
    },
    groundHeightM: (longitudeDeg, latitudeDeg) => {
      const at = frame.toLocal({longitudeDeg, latitudeDeg});
      return insideGrid(height, at) ? heightAt(height, at.eastM, at.northM) : null;
    },
    requestFrame,
    renderNow: () => {
      if (contextAlive && !disposed) render();
    },
    on: (event, listener) => {
      const set = listeners.get(event) ?? new Set();
      listeners.set(event, set.add(listener));
      return () => set.delete(listener);
    },
    stats: () => {
      const {render: drawn, memory, programs} = renderer.info;
      const gl = renderer.getContext();
      return {
        frames: counts.frames,
        drawCalls: drawn.calls,
        triangles: drawn.triangles,
        jsMs: counts.jsMs,
        crowns: layers.crowns?.counts() ?? {near: 0, mid: 0, far: 0, placed: 0, trees: 0},
        terrainPatches: counts.patches,
        textures: memory.textures,
        geometries: memory.geometries,
        programs: programs?.length ?? 0,
        failedPrograms: (programs ?? []).filter(
          (p) => !gl.getProgramParameter((p as unknown as {program: WebGLProgram}).program, gl.LINK_STATUS),
        ).length,
        contextAlive: contextAlive && !gl.isContextLost(),
        quality: quality.level,
        pixelRatio: renderer.getPixelRatio(),
        width: canvas.width,
        height: canvas.height,
      };
    },
    dispose: () => {
      if (disposed) return;
      disposed = true;
      loop.stop();
      stop.abort();
      sizes.disconnect();
      steering.dispose();
      layers.dispose();
      renderer.dispose();
      listeners.clear();
      canvas.remove();
    },
  };
}
