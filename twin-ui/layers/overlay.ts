import {CanvasTexture, LinearFilter, LinearMipmapLinearFilter} from 'three';
import type {HeightGrid} from '../engine/height-grid.ts';
import type {LocalPoint} from '../engine/local-frame.ts';
import type {SceneZone} from '../engine/site-files.ts';
import type {SceneUniforms} from './scene-uniforms.ts';

export type OverlayState = {
  zoneColours: Readonly<Record<string, string>> | null;
  selectedZone: string | null;
  discs: readonly {at: LocalPoint; radiusM: number; colour: string}[] | null;
};

export type Overlay = {
  /** Paints the theme anew; nothing to show costs nothing. */
  paint: (state: OverlayState) => void;
  dispose: () => void;
};

const SELECTED = 'rgba(255, 219, 107, 0.30)';

/** Colours laid over the ground: zones of a theme, the chosen zone, discs under stations. Made at its first use. */
export function makeOverlay(
  u: SceneUniforms,
  grid: HeightGrid,
  zones: readonly SceneZone[],
  widthPx: number,
): Overlay {
  let texture: CanvasTexture | null = null;
  let context: CanvasRenderingContext2D | null = null;
  const spanE = (grid.columns - 1) * grid.stepM;
  const spanN = (grid.rows - 1) * grid.stepM;
  const open = () => {
    const canvas = document.createElement('canvas');
    canvas.width = widthPx;
    canvas.height = Math.round((widthPx * spanN) / spanE);
    context = canvas.getContext('2d');
    if (!context) throw new Error('no 2d canvas to paint themes on');
    texture = new CanvasTexture(canvas);
    texture.flipY = false;
    texture.premultiplyAlpha = true;
    texture.generateMipmaps = true;
    texture.minFilter = LinearMipmapLinearFilter;
    texture.magFilter = LinearFilter;
    texture.anisotropy = 4;
    u.uOverlay.value = texture;
  };
  const paint: Overlay['paint'] = ({zoneColours, selectedZone, discs}) => {
    const any = zoneColours !== null || selectedZone !== null || (discs !== null && discs.length > 0);
    u.uOverlayOn.value = any ? 1 : 0;
    u.uGrey.value = zoneColours || discs ? 0.72 : 0;
    if (!any) return;
    if (!context) open();
    const draw = context!;
    const {width, height} = draw.canvas;
    const px = (p: LocalPoint) =>
      [((p.eastM - grid.westM) / spanE) * width, ((grid.northM - p.northM) / spanN) * height] as const;
    draw.clearRect(0, 0, width, height);
    const trace = (zone: SceneZone) => {
      draw.beginPath();
      for (const polygon of zone.polygons) {
        for (const ring of polygon) {
          ring.forEach((p, i) => {
            const [x, y] = px(p);
            if (i === 0) draw.moveTo(x, y);
            else draw.lineTo(x, y);
          });
          draw.closePath();
        }
      }
    };
    if (zoneColours) {
      // large zones first, so that those inside them stay seen
      const coloured = zones
        .filter((zone) => zoneColours[zone.id] !== undefined)
        .sort((a, b) => b.areaHa - a.areaHa);
      for (const zone of coloured) {
        trace(zone);
        draw.globalCompositeOperation = 'destination-out';
        draw.fillStyle = '#000';
        draw.fill('evenodd');
        draw.globalCompositeOperation = 'source-over';
        draw.globalAlpha = 0.62;
        draw.fillStyle = zoneColours[zone.id]!;
        draw.fill('evenodd');
        draw.globalAlpha = 1;
      }
    }
    for (const {at, radiusM, colour} of discs ?? []) {
      const [x, y] = px(at);
      const r = (radiusM / spanE) * width;
      const glow = draw.createRadialGradient(x, y, 0, x, y, r);
      glow.addColorStop(0, `${colour}e6`);
      glow.addColorStop(0.55, `${colour}b0`);
      glow.addColorStop(1, `${colour}00`);
      draw.fillStyle = glow;
      draw.fillRect(x - r, y - r, 2 * r, 2 * r);
    }
    const selected = zones.find((zone) => zone.id === selectedZone);
    if (selected) {
      trace(selected);
      draw.fillStyle = SELECTED;
      draw.fill('evenodd');
    }
    texture!.needsUpdate = true;
  };
  return {paint, dispose: () => texture?.dispose()};
}
