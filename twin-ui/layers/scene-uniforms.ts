import {Color, type DataTexture, type Texture, Vector2, Vector3, Vector4} from 'three';
import type {HeightGrid} from '../engine/height-grid.ts';
import type {SkyLight} from '../engine/sky-light.ts';

/** Values that all layers share: one object each, so that one write reaches every program. */
export type SceneUniforms = ReturnType<typeof makeSceneUniforms>;

export function makeSceneUniforms(grid: HeightGrid) {
  return {
    /** Towards what casts the shadows. */
    uLight: {value: new Vector3(0.4, 0.7, 0.3)},
    /** Towards the sun, also below the horizon. */
    uSun: {value: new Vector3(0.4, 0.7, 0.3)},
    uLightColour: {value: new Color(3, 2.7, 2.2)},
    uSkyAmbient: {value: new Color(0.32, 0.41, 0.54)},
    uGroundAmbient: {value: new Color(0.13, 0.12, 0.09)},
    uZenith: {value: new Color(0.09, 0.22, 0.55)},
    uHorizon: {value: new Color(0.62, 0.74, 0.86)},
    uGlow: {value: new Color(0.2, 0.17, 0.12)},
    uNight: {value: 0},
    /** Haze per metre at the water's height. */
    uHaze: {value: 0.00005},
    uHazeBase: {value: grid.lowestM},
    /** Middle of all that is drawn (x, z) and how far it reaches: there everything has turned into haze. */
    uEnd: {value: new Vector3(0, 0, 20_000)},
    uSeconds: {value: 0},
    uWater: {value: -1e5},
    uFlow: {value: new Vector2(1, 0)},
    /** West edge, north edge (z), width and depth of the height grid. */
    uRect: {
      value: new Vector4(
        grid.westM,
        -grid.northM,
        (grid.columns - 1) * grid.stepM,
        (grid.rows - 1) * grid.stepM,
      ),
    },
    uHeights: {value: null as DataTexture | null},
    /** Base, resolution, step, unused. */
    uHeightScale: {value: new Vector4(grid.baseM, grid.resolutionM, grid.stepM, 0)},
    uHeightSize: {value: new Vector2(grid.columns, grid.rows)},
    /** Normal in r and b, open sky in g. */
    uRelief: {value: null as Texture | null},
    uAlbedo: {value: null as Texture | null},
    /** Signed distances to the edges of roads, trails and streams; lamps in a. */
    uLines: {value: null as Texture | null},
    /** Shade of crowns in r, of the ground in g. */
    uShade: {value: null as Texture | null},
    /** The same around the eye, finer. */
    uShadeNear: {value: null as Texture | null},
    uShadeNearRect: {value: new Vector4(0, 0, 1, 1)},
    uShadeStrength: {value: 1},
    uNoise: {value: null as Texture | null},
    uOverlay: {value: null as Texture | null},
    /** 0 natural ground, 1 greyed for a theme. */
    uGrey: {value: 0},
    uOverlayOn: {value: 0},
    uLinesOn: {value: 1},
    /** Year as a fraction, strength of the seasons. */
    uYear: {value: new Vector2(0.5, 1)},
  };
}

/** Writes the light of the hour. */
export function applyLight(u: SceneUniforms, light: SkyLight): void {
  u.uLight.value.set(light.direction.east, light.direction.up, -light.direction.north);
  u.uSun.value.set(light.sun.east, light.sun.up, -light.sun.north);
  u.uLightColour.value.setRGB(...light.colour);
  u.uSkyAmbient.value.setRGB(...light.skyAmbient);
  u.uGroundAmbient.value.setRGB(...light.groundAmbient);
  u.uZenith.value.setRGB(...light.zenith);
  u.uHorizon.value.setRGB(...light.horizon);
  u.uGlow.value.setRGB(...light.glow);
  u.uNight.value = light.night;
}
