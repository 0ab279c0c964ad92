/** Pieces of shader text that several layers share. Names of uniforms are those of `scene-uniforms.ts`. */

/** The sky is one analytic function, so dome, haze and reflection always agree. */
export const SKY = /* glsl */ `
uniform vec3 uLight, uSun, uLightColour, uSkyAmbient, uGroundAmbient, uZenith, uHorizon, uGlow;
uniform float uNight, uHaze, uHazeBase;
uniform vec3 uEnd;
vec3 skyColour(vec3 d) {
  float h = max(d.y, 0.0);
  float s = max(dot(d, uSun), 0.0);
  // a soft start, or the horizon would be a line
  vec3 c = mix(uHorizon, uZenith, pow(sqrt(h * h + 0.0025) - 0.0499, 0.46));
  float low = 1.0 - smoothstep(0.0, 0.42, h);
  return c + uGlow * (pow(s, 5.0) * (0.35 + 0.65 * low) + pow(s, 40.0) * 1.1);
}
vec3 throughAir(vec3 c, vec3 at) {
  vec3 v = at - cameraPosition;
  float d = length(v);
  v /= d;
  float over = max(0.5 * (at.y + cameraPosition.y) - uHazeBase, 0.0);
  float density = uHaze * (0.35 + 0.65 * exp(-over * 0.0011));
  float f = 1.0 - exp(-pow(d * density, 1.3));
  f = max(f, smoothstep(0.66, 0.97, distance(at.xz, uEnd.xy) / uEnd.z));
  // far away the haze is the sky just over the horizon, so that no line is left between the two
  float up = mix(abs(v.y) * 0.25 + 0.03, max(v.y, 0.0), f * f);
  vec3 air = skyColour(normalize(vec3(v.x, up, v.z)));
  return mix(c, air, f);
}
`;

/** Value noise from arithmetic: for baking, where cost does not matter. */
export const HASH_NOISE = /* glsl */ `
float hash21(vec2 p) {
  p = fract(p * vec2(0.1031, 0.1030));
  p += dot(p, p.yx + 33.33);
  return fract((p.x + p.y) * p.x * 37.719 + p.y * 17.13);
}
vec2 hash22(vec2 p) {
  return vec2(hash21(p), hash21(p + 71.7));
}
float valueNoise(vec2 p) {
  vec2 i = floor(p), f = fract(p);
  f = f * f * (3.0 - 2.0 * f);
  return mix(mix(hash21(i), hash21(i + vec2(1, 0)), f.x), mix(hash21(i + vec2(0, 1)), hash21(i + vec2(1, 1)), f.x), f.y);
}
float fractal(vec2 p, int octaves) {
  float sum = 0.0, a = 0.5, w = 0.0;
  for (int i = 0; i < 6; i++) {
    if (i >= octaves) break;
    sum += a * valueNoise(p);
    w += a;
    p = mat2(0.8, 0.6, -0.6, 0.8) * p * 2.03 + 17.1;
    a *= 0.5;
  }
  return sum / w;
}
// nearest and second nearest feature point of a jittered lattice; the cell of the nearest
vec4 cells(vec2 p) {
  vec2 i = floor(p), f = fract(p);
  float d1 = 8.0, d2 = 8.0;
  vec2 own = vec2(0.0);
  for (int y = -1; y <= 1; y++) for (int x = -1; x <= 1; x++) {
    vec2 g = vec2(x, y);
    vec2 o = g + 0.5 + 0.8 * (hash22(i + g) - 0.5) - f;
    float d = dot(o, o);
    if (d < d1) { d2 = d1; d1 = d; own = i + g; } else if (d < d2) d2 = d;
  }
  return vec4(sqrt(d1), sqrt(d2), own);
}
`;

/** The site's heights from 16-bit samples, bilinear by hand: integer textures have no filter, and every device has them. */
export const HEIGHTS = /* glsl */ `
uniform highp usampler2D uHeights;
uniform vec4 uRect, uHeightScale;
uniform vec2 uHeightSize;
float sampleHeight(ivec2 c) {
  return uHeightScale.x + uHeightScale.y * float(texelFetch(uHeights, c, 0).r);
}
float cellHeight(vec2 g) {
  g = clamp(g, vec2(0.0), uHeightSize - 1.001);
  ivec2 i = ivec2(g);
  vec2 f = g - vec2(i);
  float a = sampleHeight(i), b = sampleHeight(i + ivec2(1, 0)), c = sampleHeight(i + ivec2(0, 1)), d = sampleHeight(i + ivec2(1, 1));
  return mix(mix(a, b, f.x), mix(c, d, f.x), f.y);
}
vec2 cellOf(vec2 xz) { return (xz - uRect.xy) / uHeightScale.z; }
float groundHeight(vec2 xz) { return cellHeight(cellOf(xz)); }
`;

/** Place in the maps that cover the height grid: 0 to 1, v = 0 at the north edge. */
export const MAP_PLACE = /* glsl */ `
vec2 mapPlace(vec2 xz) { return (xz - uRect.xy) / uRect.zw; }
`;

/** 0 in full light, 1 in full shade. Wants MAP_PLACE and `uRect`. */
export const SHADE = /* glsl */ `
uniform sampler2D uShade, uShadeNear;
uniform vec4 uShadeNearRect;
uniform float uShadeStrength;
float shadeAt(vec2 xz) {
  vec2 uv = mapPlace(xz);
  vec2 far = texture2D(uShade, uv).rg;
  float crown = far.r;
  vec2 q = (xz - uShadeNearRect.xy) / uShadeNearRect.zw;
  float edge = min(min(q.x, 1.0 - q.x), min(q.y, 1.0 - q.y));
  if (edge > 0.0) crown = mix(crown, texture2D(uShadeNear, q).r, smoothstep(0.0, 0.08, edge));
  return max(crown, far.g) * uShadeStrength;
}
float groundShadeAt(vec2 xz) {
  return texture2D(uShade, mapPlace(xz)).g * uShadeStrength;
}
`;

/** End of every visible fragment, once all light is in `gl_FragColor`. */
export const FINISH = /* glsl */ `
  #include <tonemapping_fragment>
  #include <colorspace_fragment>
  // the print: a little more depth and colour than the tone curve leaves
  vec3 print_ = gl_FragColor.rgb;
  print_ = mix(print_, print_ * print_ * (3.0 - 2.0 * print_), 0.28);
  gl_FragColor.rgb = clamp(mix(vec3(dot(print_, vec3(0.25, 0.62, 0.13))), print_, 1.05), 0.0, 1.0);
`;

/** Stored colours are sRGB in plain bytes; light is worked out linear. */
export const TO_LINEAR = /* glsl */ `
vec3 toLinear(vec3 c) { return c * (c * (c * 0.305306011 + 0.682171111) + 0.012522878); }
`;

/** Painted colours are those of a picture of the ground in sunlight; as a share of light sent back they are darker. */
export const GROUND_BRIGHTNESS = '0.41';

/** Ground by the water: dark where it is wet, above that a paler line of silt. Wants TO_LINEAR. */
export const BY_THE_WATER = /* glsl */ `
vec3 byTheWater(vec3 a, float over, float rough) {
  float wet = 1.0 - smoothstep(0.05, 1.3, over);
  float silt = smoothstep(0.6, 1.6, over) * (1.0 - smoothstep(1.8, 4.2, over));
  a = mix(a, toLinear(vec3(0.62, 0.57, 0.46)) * 0.8, silt * 0.34 * (1.0 - rough * 0.5));
  return a * mix(1.0, 0.50, wet);
}
`;
