import {DataTexture, FloatType, NearestFilter, RGBAFormat} from 'three';
import type {Crowns} from '../../engine/crown-placement.ts';
import {TABLE_WIDTH} from './crown-glsl.ts';

export type CrownTable = {place: DataTexture; shape: DataTexture; dispose: () => void};

/** The crowns' values as two textures that the shaders read by number. */
export function crownTable(crowns: Crowns): CrownTable {
  const rows = Math.max(1, Math.ceil(crowns.count / TABLE_WIDTH));
  const place = new Float32Array(TABLE_WIDTH * rows * 4);
  const shape = new Float32Array(TABLE_WIDTH * rows * 4);
  for (let k = 0; k < crowns.count; k++) {
    place.set([crowns.eastM[k]!, crowns.groundM[k]!, -crowns.northM[k]!, crowns.seed[k]!], k * 4);
    shape.set([crowns.heightM[k]!, crowns.radiusM[k]!, crowns.form[k]!, crowns.evergreen[k]!], k * 4);
  }
  const texture = (data: Float32Array<ArrayBuffer>) => {
    const made = new DataTexture(data, TABLE_WIDTH, rows, RGBAFormat, FloatType);
    made.minFilter = made.magFilter = NearestFilter;
    made.needsUpdate = true;
    return made;
  };
  const textures = {place: texture(place), shape: texture(shape)};
  return {
    ...textures,
    dispose: () => {
      textures.place.dispose();
      textures.shape.dispose();
    },
  };
}
