import {
  Color,
  DataTexture,
  LinearSRGBColorSpace,
  NearestFilter,
  RedIntegerFormat,
  RGBAFormat,
  UnsignedByteType,
  Vector2,
  Vector4,
  type WebGLRenderTarget,
} from 'three';
import type {CoverGrid} from '../engine/cover-grid.ts';
import {GROUND_PATTERNS, type GroundStyle} from '../engine/ground-style.ts';
import {type Baker, mapTarget} from './baking.ts';
import {HASH_NOISE, HEIGHTS} from './glsl.ts';
import type {SceneUniforms} from './scene-uniforms.ts';

export type GroundPaintInput = {
  cover: CoverGrid;
  /** Plot numbers of fields, from `field-plots.ts`. */
  plots: Uint8Array<ArrayBuffer>;
  styles: readonly (GroundStyle | undefined)[];
};

/** Textures that the painter reads; kept so that the ground can be painted again for another season. */
export type GroundPaint = {
  target: WebGLRenderTarget;
  /** Paints for the present season. */
  paint: () => void;
  dispose: () => void;
};

const pattern = (name: keyof typeof GROUND_PATTERNS) => GROUND_PATTERNS[name];

const FRAGMENT = /* glsl */ `
varying vec2 vPlace;
uniform highp usampler2D uCover, uPlots;
uniform sampler2D uStyles, uLines;
uniform vec4 uCoverRect;
uniform vec2 uCoverSize, uYear;
${HEIGHTS}
${HASH_NOISE}

const int CLASSES = 256;
ivec2 clampCell(ivec2 c) { return clamp(c, ivec2(0), ivec2(uCoverSize) - 1); }
int classAt(ivec2 c) { return int(texelFetch(uCover, clampCell(c), 0).r); }
int plotAt(ivec2 c) { return int(texelFetch(uPlots, clampCell(c), 0).r); }
vec4 bspline(float f) {
  float g = 1.0 - f;
  return vec4(g * g * g, 3.0 * f * f * f - 6.0 * f * f + 4.0, 3.0 * g * g * g - 6.0 * g * g + 4.0, f * f * f) / 6.0;
}
// crops of a year: winter, spring, summer, autumn; four of each
vec3 crop(float which, float season) {
  int k = int(which * 3.999);
  vec3 winter = k == 0 ? vec3(.47, .57, .27) : k == 1 ? vec3(.61, .53, .38) : k == 2 ? vec3(.70, .63, .42) : vec3(.51, .56, .45);
  vec3 spring = k == 0 ? vec3(.87, .78, .20) : k == 1 ? vec3(.56, .66, .28) : k == 2 ? vec3(.80, .74, .25) : vec3(.52, .57, .47);
  vec3 summer = k == 0 ? vec3(.43, .58, .22) : k == 1 ? vec3(.50, .62, .25) : k == 2 ? vec3(.56, .63, .30) : vec3(.39, .53, .25);
  vec3 autumn = k == 0 ? vec3(.79, .68, .30) : k == 1 ? vec3(.70, .63, .29) : k == 2 ? vec3(.63, .57, .38) : vec3(.54, .60, .28);
  float s = fract(season + .10) * 4.0;
  vec3 a = s < 1.0 ? winter : s < 2.0 ? spring : s < 3.0 ? summer : autumn;
  vec3 b = s < 1.0 ? spring : s < 2.0 ? summer : s < 3.0 ? autumn : winter;
  return mix(a, b, smoothstep(.55, 1.0, fract(s)));
}
float autumnal() { return uYear.y * smoothstep(.72, .86, uYear.x) + uYear.y * (1.0 - smoothstep(.08, .22, uYear.x)); }

// colour in sRGB; a = how rough the growth is
vec4 paint(int c, vec2 p, float z, float slope, vec2 uphill, int plot, float edge) {
  vec4 la = texelFetch(uStyles, ivec2(c, 0), 0), lb = texelFetch(uStyles, ivec2(c, 1), 0);
  int what = int(la.a * 255.0 + .5);
  vec3 a = la.rgb, b = lb.rgb;
  float big = fractal(p / 210.0, 3), mid = fractal(p / 37.0 + 7.0, 4), fine = fractal(p / 6.5 + 3.0, 3);
  float dry = autumnal();
  vec3 straw = vec3(.70, .63, .40);
  vec3 soil = mix(vec3(.47, .36, .26), vec3(.56, .45, .33), fine);
  if (what == ${pattern('forest')}) {
    vec4 v = cells(p / 8.5);
    float dome = 1.0 - smoothstep(.12, .62, v.x);
    float tint = hash21(v.zw);
    vec3 col = mix(a, b, .22 + .55 * dome * (.4 + .6 * tint) + .25 * (mid - .5));
    col = mix(col, col * vec3(1.16, 1.02, .78), step(.72, tint) * .6);
    col = mix(col, soil * .85, smoothstep(.75, 1.25, slope) * .6);
    return vec4(col * (.92 + .16 * big), 1.0);
  }
  if (what == ${pattern('woodland')}) {
    vec3 col = mix(a, b, .35 * mid + .65 * fine * big * 1.4);
    col = mix(col, vec3(.52, .47, .33), smoothstep(.56, .70, mid) * .35);
    col = mix(col, mix(col, straw, .4), dry * .6);
    return vec4(col, .8);
  }
  if (what == ${pattern('meadow')}) {
    vec3 col = mix(a, b, clamp(.5 * big + .8 * (mid - .25) + .35 * (fine - .5), 0.0, 1.0));
    float bloom = smoothstep(.60, .72, fractal(p / 95.0 + 40.0, 3));
    float kind = hash21(floor(p / 260.0));
    vec3 flower = kind < .35 ? vec3(.70, .52, .55) : kind < .7 ? vec3(.80, .73, .40) : vec3(.66, .60, .66);
    col = mix(col, mix(col, flower, .62), bloom * (.35 + .65 * fine) * .6);
    col = mix(col, vec3(.40, .49, .22), smoothstep(.58, .68, fractal(p / 55.0 + 90.0, 3)) * .5);
    col = mix(col, mix(col, straw, .42), dry * (.3 + .5 * mid));
    col = mix(col, soil, smoothstep(.45, .9, slope) * .55);
    return vec4(col, .75);
  }
  if (what == ${pattern('field')}) {
    float n = float(plot) / 255.0;
    vec2 along = vec2(-uphill.y, uphill.x);
    float row = .5 + .5 * sin(dot(p, uphill) * 1.55 + 2.0 * fine);
    vec3 col = crop(fract(n * 7.31), uYear.x + (n - .5) * .07);
    col = mix(mix(a, b, n), col, .85);
    float wet = step(.78, fract(n * 13.7)) * (1.0 - smoothstep(.40, .55, abs(uYear.x - .30) * 2.0)) ;
    col = mix(col, vec3(.50, .57, .55), wet * .75);
    col *= .90 + .10 * row + .10 * (fine - .5) + .16 * (n - .5);
    col = mix(col, col * vec3(1.08, 1.0, .86), smoothstep(.45, .75, fractal(vec2(dot(p, along) / 40.0, dot(p, uphill) / 8.0), 3)) * .7);
    float bund = 1.0 - smoothstep(.05, .16, edge);
    vec3 bank = mix(vec3(.36, .42, .20), vec3(.55, .50, .33), smoothstep(.4, .7, fine));
    col = mix(col, bank, bund * .95);
    return vec4(col, mix(.55, .8, bund));
  }
  if (what == ${pattern('pasture')}) {
    float swath = .5 + .5 * sin(dot(p, normalize(vec2(.8, .6))) / 3.2);
    vec3 col = mix(a, b, .55 * mid + .25 * swath + .2 * fine);
    col = mix(col, soil, smoothstep(.66, .78, fractal(p / 22.0 + 70.0, 4)) * .5);
    col = mix(col, mix(col, straw, .35), dry * mid);
    return vec4(col, .6);
  }
  if (what == ${pattern('rows')}) {
    vec2 q = mat2(.88, .47, -.47, .88) * p;
    float bed = floor(q.y / 7.0);
    float n = hash21(vec2(bed, floor(q.x / 34.0)));
    vec3 col = n < .25 ? vec3(.42, .50, .26) : n < .5 ? vec3(.52, .47, .42) : n < .75 ? vec3(.50, .56, .28) : vec3(.58, .47, .50);
    float furrow = smoothstep(.15, .35, abs(fract(q.y / 7.0) - .5));
    return vec4(mix(col * (.9 + .25 * fine), soil * .95, furrow * .75), .6);
  }
  if (what == ${pattern('reeds')}) {
    float clump = fractal(p / 16.0 + 30.0, 4);
    vec3 col = mix(a, b, smoothstep(.32, .68, clump));
    col = mix(col, vec3(.66, .60, .40), smoothstep(.55, .75, mid) * (.35 + .5 * dry));
    col = mix(col, vec3(.33, .36, .24), smoothstep(.60, .70, fractal(p / 24.0 + 60.0, 4)) * .75);
    return vec4(col * (.86 + .3 * fine), .9);
  }
  if (what == ${pattern('gravel')}) {
    float streak = fractal(vec2(p.x / 95.0, p.y / 16.0), 4);
    vec3 col = mix(a, b, clamp(.7 * streak + .5 * (fine - .4), 0.0, 1.0));
    col = mix(col, vec3(.78, .72, .58), smoothstep(.55, .7, streak) * .6);
    col = mix(col, vec3(.54, .56, .38), smoothstep(.58, .72, mid) * .55);
    float pebble = hash21(floor(p / 1.7));
    return vec4(col * (.88 + .2 * pebble), .25);
  }
  if (what == ${pattern('floodMeadow')}) {
    float line_ = fractal(vec2(z * 1.15 + 1.6 * mid, 3.0), 3);
    vec3 col = mix(a, b, clamp(.35 + .7 * (line_ - .5) + .6 * (mid - .5), 0.0, 1.0));
    float strand = smoothstep(.36, .5, abs(fract(z * .55 + 1.1 * mid) - .5));
    col = mix(col, vec3(.63, .57, .43), strand * .38);
    col = mix(col, soil * 1.1, smoothstep(.60, .74, mid) * .5);
    col = mix(col, mix(col, straw, .4), dry * .5);
    return vec4(col * (.9 + .2 * fine), .5);
  }
  if (what == ${pattern('scrub')}) {
    float shrub = smoothstep(.47, .60, fractal(p / 11.0 + 20.0, 4));
    vec3 rock = mix(vec3(.62, .51, .41), vec3(.74, .64, .52), fractal(vec2(z / 2.2, dot(p, vec2(.02, .013))), 3));
    vec3 col = mix(mix(a, rock, .55), b * (.8 + .3 * fine), shrub * (1.0 - .6 * smoothstep(.5, 1.1, slope)));
    return vec4(col * (.9 + .2 * mid), .5);
  }
  if (what == ${pattern('built')}) {
    float lawn = smoothstep(.44, .52, fractal(p / 32.0 + 11.0, 3));
    vec2 t = abs(fract(p / 6.0) - .5);
    float joint = smoothstep(.47, .5, max(t.x, t.y));
    vec3 paving = mix(a, b, .5 * mid + .5 * hash21(floor(p / 6.0))) * (1.0 - .10 * joint);
    vec3 grass = mix(vec3(.42, .53, .24), vec3(.55, .62, .32), fine);
    return vec4(mix(paving, mix(grass, mix(grass, straw, .3), dry), lawn * .92), lawn * .6);
  }
  if (what == ${pattern('stream')}) {
    vec3 col = mix(vec3(.36, .45, .22), vec3(.55, .55, .33), mid);
    return vec4(col * (.85 + .3 * fine), .9);
  }
  if (what == ${pattern('bed')} || what == ${pattern('water')}) {
    return vec4(mix(a, b, .6 * mid + .4 * fine), .1);
  }
  return vec4(mix(a, b, clamp(.5 * mid + .5 * big, 0.0, 1.0)) * (.92 + .16 * fine), .5);
}

void main() {
  vec2 xz = uRect.xy + vPlace * uRect.zw;
  vec2 p = vec2(xz.x, -xz.y);
  float z = groundHeight(xz);
  float gx = (groundHeight(xz + vec2(6, 0)) - groundHeight(xz - vec2(6, 0))) / 12.0;
  float gz = (groundHeight(xz + vec2(0, 6)) - groundHeight(xz - vec2(0, 6))) / 12.0;
  float slope = length(vec2(gx, gz));
  float wx = groundHeight(xz + vec2(45, 0)) - groundHeight(xz - vec2(45, 0));
  float wz = groundHeight(xz + vec2(0, 45)) - groundHeight(xz - vec2(0, 45));
  vec2 uphill = length(vec2(wx, wz)) > .05 ? normalize(vec2(wx, -wz)) : vec2(.6, .8);

  // the class and plot whose samples weigh most around here: a smooth border instead of the grid's stairs
  vec2 wob = 3.4 * (vec2(fractal(p / 13.0, 3), fractal(p / 13.0 + 50.0, 3)) - .5);
  vec2 cell = (xz + wob - uCoverRect.xy) / uCoverRect.zw;
  ivec2 base = ivec2(floor(cell));
  vec4 bx = bspline(fract(cell.x)), by = bspline(fract(cell.y));
  int cls[16]; int plt[16]; float w[16];
  for (int j = 0; j < 4; j++) for (int i = 0; i < 4; i++) {
    int k = j * 4 + i;
    ivec2 c = base + ivec2(i - 1, j - 1);
    cls[k] = classAt(c);
    plt[k] = plotAt(c);
    w[k] = bx[i] * by[j];
  }
  int first = cls[5], second = -1, plot = plt[5];
  bool mixed = false;
  for (int q = 0; q < 16; q++) mixed = mixed || cls[q] != first || plt[q] != plot;
  float most = 1.0, next = 0.0, mostPlot = 1.0, nextPlot = 0.0;
  if (mixed) {
    most = 0.0;
    mostPlot = 0.0;
    for (int m = 0; m < 4; m++) {
      int k = 5 + (m & 1) + (m >> 1) * 4;
      float sum = 0.0;
      for (int q = 0; q < 16; q++) if (cls[q] == cls[k]) sum += w[q];
      if (sum > most + 1e-5) {
        if (cls[k] != first) { second = first; next = most; }
        most = sum; first = cls[k];
      } else if (cls[k] != first && sum > next) { next = sum; second = cls[k]; }
    }
    for (int m = 0; m < 16; m++) {
      if (cls[m] != first) continue;
      float sum = 0.0;
      for (int q = 0; q < 16; q++) if (cls[q] == first && plt[q] == plt[m]) sum += w[q];
      if (sum > mostPlot + 1e-5) {
        if (plt[m] != plot) nextPlot = mostPlot;
        mostPlot = sum; plot = plt[m];
      } else if (plt[m] != plot && sum > nextPlot) nextPlot = sum;
    }
  }
  float edge = (mostPlot - nextPlot) * (plot > 0 ? 1.0 : 0.0) + (plot > 0 ? 0.0 : 1.0);
  edge = min(edge, most - next);
  vec4 col = paint(first, p, z, slope, uphill, plot, edge);
  float soft = smoothstep(.0, .22, most - next);
  if (second >= 0 && soft < .999) {
    vec4 other = paint(second, p, z, slope, uphill, plot, 1.0);
    col = mix(mix(col, other, .5), col, soft);
  }
  // verges of roads and banks of streams
  vec3 lines = texture2D(uLines, vPlace).rgb;
  col.rgb = mix(col.rgb, vec3(.60, .57, .42), smoothstep(.28, .46, lines.r) * .55);
  col.rgb = mix(col.rgb, vec3(.58, .54, .38), smoothstep(.36, .49, lines.g) * .4);
  col.rgb = mix(col.rgb, vec3(.36, .44, .23), smoothstep(.12, .46, lines.b) * .6);
  col.rgb *= .93 + .14 * fractal(p / 420.0 + 5.0, 3);
  gl_FragColor = vec4(clamp(col.rgb, 0.0, 1.0), col.a);
}
`;

function byteTexture(bytes: Uint8Array<ArrayBuffer>, width: number, height: number): DataTexture {
  const texture = new DataTexture(bytes, width, height, RedIntegerFormat, UnsignedByteType);
  texture.internalFormat = 'R8UI';
  texture.minFilter = texture.magFilter = NearestFilter;
  texture.unpackAlignment = 1;
  texture.needsUpdate = true;
  return texture;
}

function styleTexture(styles: GroundPaintInput['styles']): DataTexture {
  const bytes = new Uint8Array(256 * 2 * 4);
  styles.forEach((style, index) => {
    if (!style || index > 255) return;
    style.tones.forEach((tone, row) => {
      const {r, g, b} = new Color().setStyle(tone, LinearSRGBColorSpace);
      bytes.set(
        [r * 255, g * 255, b * 255, row === 0 ? GROUND_PATTERNS[style.pattern] : 255],
        (row * 256 + index) * 4,
      );
    });
  });
  const texture = new DataTexture(bytes, 256, 2, RGBAFormat, UnsignedByteType);
  texture.minFilter = texture.magFilter = NearestFilter;
  texture.needsUpdate = true;
  return texture;
}

/** The ground's own colour as seen from above: land cover, fields, seasons. Lit and wetted later by the terrain. */
export function makeGroundPaint(
  baker: Baker,
  {cover, plots, styles}: GroundPaintInput,
  width: number,
  height: number,
  u: SceneUniforms,
): GroundPaint {
  const target = mapTarget(width, height);
  target.texture.anisotropy = 8;
  const covers = byteTexture(cover.samples, cover.columns, cover.rows);
  const plotsMap = byteTexture(plots, cover.columns, cover.rows);
  const look = styleTexture(styles);
  const paint = () =>
    baker.fill(target, FRAGMENT, {
      uCover: {value: covers},
      uPlots: {value: plotsMap},
      uStyles: {value: look},
      uLines: u.uLines,
      uCoverRect: {value: new Vector4(cover.westM, -cover.northM, cover.stepM, cover.stepM)},
      uCoverSize: {value: new Vector2(cover.columns, cover.rows)},
      uYear: u.uYear,
      uHeights: u.uHeights,
      uRect: u.uRect,
      uHeightScale: u.uHeightScale,
      uHeightSize: u.uHeightSize,
    });
  const dispose = () => {
    for (const texture of [covers, plotsMap, look]) texture.dispose();
    target.dispose();
  };
  return {target, paint, dispose};
}
