import {
  Color,
  DataTexture,
  LinearSRGBColorSpace,
  NearestFilter,
  type Object3D,
  type PerspectiveCamera,
  RedIntegerFormat,
  Scene,
  UnsignedShortType,
  type WebGLRenderer,
} from 'three';
import {findClearings} from '../../engine/clearings.ts';
import {coverAt} from '../../engine/cover-grid.ts';
import {coverStyles, plainCover} from '../../engine/cover-styles.ts';
import {type Crowns, placeCrowns} from '../../engine/crown-placement.ts';
import type {GroundStyle} from '../../engine/ground-style.ts';
import {type HeightGrid, heightAt, insideGrid} from '../../engine/height-grid.ts';
import type {SiteGround} from '../../engine/site-files.ts';
import {softShores} from '../../engine/soft-shores.ts';
import {buildPatchTree, type PatchTree} from '../../engine/terrain-patches.ts';
import {joinCrowns, standOn, type TreeHistory} from '../../engine/tree-history.ts';
import {type Landing, landAxis, makeValley, type Valley} from '../../engine/valley.ts';
import {floodLevelM, shoreLevelM} from '../../engine/water-level.ts';
import {type Baker, makeBaker} from '../../layers/baking.ts';
import {makeBuildings} from '../../layers/buildings.ts';
import {type CrownsLayer, makeCrowns} from '../../layers/crowns/crowns-layer.ts';
import {fieldPlots} from '../../layers/field-plots.ts';
import {type GroundPaint, makeGroundPaint} from '../../layers/ground-paint.ts';
import {isPaved, makeLineMap} from '../../layers/line-map.ts';
import {noiseTexture} from '../../layers/noise-texture.ts';
import {makeOverlay, type Overlay} from '../../layers/overlay.ts';
import {makeReliefMap} from '../../layers/relief-map.ts';
import {makeSceneUniforms, type SceneUniforms} from '../../layers/scene-uniforms.ts';
import {makeShadeMaps, type ShadeMaps} from '../../layers/shade-map.ts';
import {makeSky} from '../../layers/sky.ts';
import {makeSurroundings, type Surroundings} from '../../layers/surroundings.ts';
import {makeTerrain, type TerrainLayer} from '../../layers/terrain.ts';
import {makeWater} from '../../layers/water.ts';
import {makeZoneLines, type ZoneLines} from '../../layers/zone-lines.ts';
import type {Quality} from '../quality.ts';

/** Everything that the local host draws, made in steps so that the first picture comes early. */
export type SceneLayers = {
  scene: Scene;
  uniforms: SceneUniforms;
  valley: Valley;
  shoreM: number | null;
  patches: PatchTree;
  terrain: TerrainLayer;
  surroundings: Surroundings;
  sky: Object3D;
  shade: ShadeMaps;
  zoneLines: ZoneLines;
  overlay: Overlay;
  water: Object3D | null;
  buildings: Object3D | null;
  crowns: CrownsLayer | null;
  groundHeightM: (eastM: number, northM: number) => number;
  addWater: (camera: PerspectiveCamera) => Promise<void>;
  addBuildings: (camera: PerspectiveCamera) => Promise<void>;
  /** Crowns of the trees that have a history, and others that illustrate the land cover around them. Called again: anew. */
  addCrowns: (
    camera: PerspectiveCamera,
    trees: TreeHistory | null,
    pause: () => Promise<void>,
  ) => Promise<void>;
  /** Paints the ground for the season now in the uniforms. */
  repaint: () => void;
  /** Renders all baked maps again, as after the loss of the graphics context. */
  bakeAll: () => void;
  dispose: () => void;
};

function heightTexture(grid: HeightGrid, samples: Uint16Array<ArrayBuffer>): DataTexture {
  const texture = new DataTexture(samples, grid.columns, grid.rows, RedIntegerFormat, UnsignedShortType);
  texture.internalFormat = 'R16UI';
  texture.minFilter = texture.magFilter = NearestFilter;
  texture.unpackAlignment = 1;
  texture.needsUpdate = true;
  return texture;
}

/**
 * First step: ground, surroundings and sky. `prepare` sets light and season before anything is baked by them, `pause`
 * lets the page breathe between two pieces of work.
 */
export async function buildScene(
  renderer: WebGLRenderer,
  ground: SiteGround,
  quality: Quality,
  prepare: (uniforms: SceneUniforms) => void,
  pause: () => Promise<void>,
): Promise<SceneLayers> {
  const {height} = ground;
  const baker: Baker = makeBaker(renderer);
  const scene = new Scene();
  const u = makeSceneUniforms(height);
  const shoreM = shoreLevelM(ground);
  const valley = makeValley(
    height,
    shoreM === null ? null : {usualM: shoreM, floodM: floodLevelM(ground, shoreM)},
    bridgeEnds(ground),
  );
  const groundHeightM = (e: number, n: number) =>
    insideGrid(height, {eastM: e, northM: n}) ? heightAt(height, e, n) : valley.heightM(e, n);
  u.uHeights.value = heightTexture(height, softShores(height, ground.zones));
  u.uHazeBase.value = shoreM ?? height.lowestM;
  u.uWater.value = shoreM ?? -1e5;
  const flow = landAxis(height, shoreM ?? height.lowestM).angle;
  u.uFlow.value.set(Math.cos(flow), -Math.sin(flow));
  u.uEnd.value.set(valley.centre.eastM, -valley.centre.northM, valley.reachM);
  u.uNoise.value = noiseTexture();
  prepare(u);
  await pause();

  const shape = (height.rows - 1) / (height.columns - 1);
  const size = (px: number) =>
    shape <= 1
      ? ([px, Math.max(64, Math.round(px * shape))] as const)
      : ([Math.max(64, Math.round(px / shape)), px] as const);
  const fit = (px: number) => Math.min(px, renderer.capabilities.maxTextureSize, finest(height));
  const relief = makeReliefMap(baker, height, u);
  const lines = makeLineMap(baker, ground, ...size(fit(quality.linesPx)), u);
  u.uRelief.value = relief.target.texture;
  u.uLines.value = lines.target.texture;
  relief.bake();
  lines.bake();
  await pause();

  const {cover, styles} = ground.cover
    ? {cover: ground.cover, styles: coverStyles(ground)}
    : plainCover(ground);
  const plots = fieldPlots(cover, height, (index) => styles[index]?.pattern === 'field');
  const paint: GroundPaint = makeGroundPaint(
    baker,
    {cover, plots, styles},
    ...size(fit(quality.groundPx)),
    u,
  );
  paint.paint();
  u.uAlbedo.value = paint.target.texture;
  await pause();

  const surroundings = makeSurroundings(baker, u, {
    grid: height,
    valley,
    tones: rimTones(ground, styles),
    mapSize: quality.surroundingsPx,
  });
  surroundings.paint();
  await pause();
  const terrain = makeTerrain(u);
  const sky = makeSky(u);
  const [shadeWidth, shadeHeight] = size(fit(quality.shadePx));
  const shade = makeShadeMaps(baker, u, {
    width: shadeWidth,
    height: shadeHeight,
    nearPx: quality.shadeNearPx,
    reliefM: height.highestM - height.lowestM,
  });
  shade.update();
  const zoneLines = makeZoneLines(
    // the rim of the whole site and of the water around it, and roads as areas, would only be clutter
    ground.zones.filter(
      (zone) => zone.kind !== 'site' && zone.kind !== 'road' && zone.id !== ground.waterBodyZone,
    ),
    (e, n) => heightAt(height, e, n),
    u.uWater,
  );
  zoneLines.mesh.visible = false;
  const overlay = makeOverlay(u, height, ground.zones, Math.min(2048, fit(quality.groundPx)));
  scene.add(terrain.mesh, surroundings.mesh, sky, zoneLines.mesh);

  const show = async (object: Object3D, camera: PerspectiveCamera) => {
    await renderer.compileAsync(object, camera, scene);
    scene.add(object);
  };
  let illustrative: Crowns | null = null;
  const placeIllustrative = async (breathe: () => Promise<void>): Promise<Crowns> => {
    const blocked = findClearings(ground);
    await breathe();
    return placeCrowns({
      height,
      cover,
      styles,
      most: ground.cover ? quality.crowns : 0,
      blocked,
      avenues: ground.paths
        .filter((path) => isPaved(path) && path.deckM === null)
        .map(({line, widthM}) => ({line, offsetM: widthM / 2 + 3.2})),
    });
  };
  const layers: SceneLayers = {
    scene,
    uniforms: u,
    valley,
    shoreM,
    patches: buildPatchTree(height),
    terrain,
    surroundings,
    sky,
    shade,
    zoneLines,
    overlay,
    water: null,
    buildings: null,
    crowns: null,
    groundHeightM,
    addWater: async (camera) => {
      const water = makeWater(u, {
        zones: ground.zones,
        waterBodyZone: ground.waterBodyZone,
        valley,
        mirrorGround: quality.mirrorGround,
        deepM: Math.max(2, (shoreM ?? 0) - height.lowestM),
      });
      if (!water) return;
      await show(water, camera);
      layers.water = water;
    },
    addBuildings: async (camera) => {
      const buildings = makeBuildings(u, ground.buildings, ground.paths, groundHeightM);
      if (!buildings) return;
      await show(buildings, camera);
      layers.buildings = buildings;
    },
    addCrowns: async (camera, trees, breathe) => {
      illustrative ??= await placeIllustrative(breathe);
      await breathe();
      if (trees) standOn(trees, groundHeightM);
      const crowns = trees ? joinCrowns(trees.crowns, illustrative) : illustrative;
      const before = layers.crowns;
      if (crowns.count === 0 && !before) return;
      await breathe();
      const layer = makeCrowns(baker, u, crowns, trees, {
        fullPx: quality.fullPx,
        reducedPx: quality.reducedPx,
        softEdges: quality.antialias,
        mostTexturePx: renderer.capabilities.maxTextureSize,
      });
      layer.bake();
      await breathe();
      await show(layer.group, camera);
      layers.crowns = layer;
      shade.setCrowns(layer);
      shade.update();
      if (before) {
        scene.remove(before.group);
        before.dispose();
      }
    },
    repaint: () => {
      paint.paint();
      surroundings.paint();
    },
    bakeAll: () => {
      relief.bake();
      lines.bake();
      paint.paint();
      surroundings.paint();
      layers.crowns?.bake();
      shade.update();
    },
    dispose: () => {
      relief.target.dispose();
      lines.target.dispose();
      paint.dispose();
      surroundings.dispose();
      shade.dispose();
      overlay.dispose();
      layers.crowns?.dispose();
      u.uHeights.value?.dispose();
      u.uNoise.value?.dispose();
      scene.clear();
    },
  };
  return layers;
}

/** Mean tones of the dry classes along the rim: what the land outside is coloured like. */
function rimTones(
  {height, cover, waterBodyZone, zones}: SiteGround,
  styles: readonly (GroundStyle | undefined)[],
): [Color, Color] {
  const tones: [Color, Color] = [new Color(0, 0, 0), new Color(0, 0, 0)];
  const wet = new Set(
    zones.filter((z) => z.id === waterBodyZone || z.normalLevelM !== null).map((z) => z.id),
  );
  let count = 0;
  const add = (e: number, n: number) => {
    const index = cover ? coverAt(cover, e, n) : 0;
    const style = styles[index];
    if (!style || (cover && wet.has(cover.classes.find((c) => c.index === index)?.zone ?? ''))) return;
    count += 1;
    style.tones.forEach((tone, k) => {
      tones[k]!.add(new Color().setStyle(tone, LinearSRGBColorSpace));
    });
  };
  for (let k = 0; k < 64; k++) {
    const e = height.westM + ((height.eastM - height.westM) * k) / 63;
    const n = height.southM + ((height.northM - height.southM) * k) / 63;
    add(e, height.northM);
    add(e, height.southM);
    add(height.westM, n);
    add(height.eastM, n);
  }
  if (count === 0) return [new Color(0.52, 0.54, 0.33), new Color(0.66, 0.61, 0.42)];
  return [tones[0].multiplyScalar(1 / count), tones[1].multiplyScalar(1 / count)];
}

/** Ends of bridges near the rim of the grid or outside it: they come down on the far shore. */
function bridgeEnds({paths, height}: SiteGround): Landing[] {
  const rimM = height.stepM * 20;
  return paths.flatMap(({line, deckM}) => {
    if (deckM === null) return [];
    return [line[0]!, line[line.length - 1]!]
      .filter(
        ({eastM, northM}) =>
          eastM < height.westM + rimM ||
          eastM > height.eastM - rimM ||
          northM < height.southM + rimM ||
          northM > height.northM - rimM,
      )
      .map((end) => ({...end, deckM}));
  });
}

/** Widest map that still shows something: a quarter of a metre to a pixel. */
function finest(grid: HeightGrid): number {
  return Math.max(256, 2 ** Math.ceil(Math.log2((Math.max(grid.columns, grid.rows) * grid.stepM) / 0.25)));
}
