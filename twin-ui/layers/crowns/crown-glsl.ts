/** Width in texels of the table that holds the crowns, two rows of a crown's values side by side. */
export const TABLE_WIDTH = 1024;

/**
 * Values of one crown: place (xyz) and seed; height, radius, form, whether it keeps its leaves. Those of a tree with a history
 * are what they were at `uTreeStep`.
 */
export const CROWN_TABLE = /* glsl */ `
uniform highp sampler2D uCrownPlace, uCrownShape, uTrees;
// trees that have a history; metres in a byte of height and of radius; step in time
uniform int uTreeCount;
uniform vec2 uTreeScale;
uniform float uTreeStep;
ivec2 crownCell(int id) { return ivec2(id % ${TABLE_WIDTH}, id / ${TABLE_WIDTH}); }
vec4 treeState(int id, int step) {
  int at = step * uTreeCount + id, width = textureSize(uTrees, 0).x;
  return texelFetch(uTrees, ivec2(at % width, at / width), 0);
}
// height (m), radius (m), health, carbon (0-1): between two states, but who comes or goes does so at once
vec4 treeAt(int id) {
  int step = int(floor(uTreeStep));
  vec4 a = treeState(id, step);
  float part = uTreeStep - float(step);
  if (part > 0.0) {
    vec4 b = treeState(id, step + 1);
    a = a.x > 0.0 && b.x > 0.0 && (a.z > 0.0) == (b.z > 0.0) ? mix(a, b, part) : part < 0.5 ? a : b;
  }
  return vec4(a.xy * 255.0 * uTreeScale, a.zw);
}
// height, radius, form, whether it keeps its leaves; health
vec4 crownShape(int id, out float health) {
  vec4 shape = texelFetch(uCrownShape, crownCell(id), 0);
  health = 1.0;
  if (id < uTreeCount) {
    vec4 tree = treeAt(id);
    shape.xy = tree.xy;
    health = tree.z;
  }
  return shape;
}
float crownHash(float n) { return fract(sin(n * 12.9898) * 43758.5453); }
`;

/** Leaf colour, linear, of a form (0 broadleaf, 1 conifer, 2 bamboo, 3 orchard, 4 shrub, 5 reed) in a season. */
export const CROWN_TINT = /* glsl */ `
uniform vec2 uYear;
float bareness(float evergreen) {
  float winter = 1.0 - smoothstep(0.12, 0.22, abs(uYear.x - 0.5) < 0.35 ? 1.0 : min(uYear.x, 1.0 - uYear.x) + 0.06);
  return winter * (1.0 - evergreen) * uYear.y;
}
uniform sampler2D uNoise;
// 1 thriving, towards 0 yellow, then brown; 0 dead
vec3 withHealth(vec3 c, float health) {
  float grey = dot(c, vec3(0.3, 0.55, 0.15));
  c = mix(c, vec3(1.75, 1.35, 0.55) * grey, 1.0 - smoothstep(0.35, 0.75, health));
  return mix(c, vec3(0.120, 0.092, 0.070), (1.0 - smoothstep(0.02, 0.30, health)) * 0.85);
}
vec3 crownTint(float form, float seed, float evergreen, vec2 xz) {
  // neighbours are alike: kinds and ages grow in patches
  vec4 patch_ = textureLod(uNoise, xz * 0.0016, 0.0);
  float drift = patch_.b - 0.45;
  float n = crownHash(seed * 91.7 + form), m = crownHash(seed * 37.1 + 3.0);
  vec3 c;
  if (form < 0.5) c = mix(vec3(0.050, 0.082, 0.027), vec3(0.094, 0.122, 0.036), n);
  else if (form < 1.5) c = mix(vec3(0.036, 0.064, 0.026), vec3(0.060, 0.088, 0.030), n);
  else if (form < 2.5) c = mix(vec3(0.108, 0.148, 0.042), vec3(0.150, 0.176, 0.058), n);
  else if (form < 3.5) c = mix(vec3(0.066, 0.108, 0.030), vec3(0.098, 0.132, 0.038), n);
  else if (form < 4.5) c = mix(vec3(0.062, 0.086, 0.030), vec3(0.094, 0.102, 0.042), n);
  else c = mix(vec3(0.072, 0.102, 0.036), vec3(0.112, 0.122, 0.050), n);
  c *= 0.66 + 0.50 * crownHash(seed * 53.3) + 0.55 * drift;
  c = mix(c, c * vec3(1.24, 1.02, 0.74), clamp(m * 0.40 + drift * 0.8, 0.0, 0.8));
  c = mix(c, c * vec3(0.72, 0.94, 1.05), clamp(0.45 - m - drift, 0.0, 0.6));
  float spring = smoothstep(0.16, 0.26, uYear.x) * (1.0 - smoothstep(0.30, 0.42, uYear.x)) * uYear.y;
  c = mix(c, c * vec3(1.28, 1.24, 0.80), spring * (0.35 + 0.5 * n));
  float turned = smoothstep(0.74, 0.90, uYear.x + 0.10 * (n - 0.5)) + (1.0 - smoothstep(0.10, 0.20, uYear.x));
  turned = clamp(turned, 0.0, 1.0) * (1.0 - evergreen) * uYear.y;
  vec3 autumn = m < 0.45 ? vec3(0.205, 0.138, 0.020) : m < 0.66 ? vec3(0.180, 0.070, 0.018) : vec3(0.125, 0.115, 0.034);
  if (form > 4.5) autumn = vec3(0.195, 0.160, 0.085);
  c = mix(c, autumn * (0.7 + 0.5 * n), turned * 0.74);
  return mix(c, vec3(0.098, 0.080, 0.062), bareness(evergreen) * 0.8);
}
`;

/** Light on leaves: wrapped around the crown, shining through against the sun. Wants SKY. */
export const CROWN_LIGHT = /* glsl */ `
vec3 crownLight(vec3 albedo, vec3 n, vec3 at, float open, float through, float shade) {
  float nl = dot(n, uLight);
  vec3 v = normalize(cameraPosition - at);
  float direct = max(nl * 0.66 + 0.34, 0.0);
  direct = direct * sqrt(direct) * 1.05;
  float back = pow(max(dot(-v, uLight), 0.0), 3.0) * through;
  vec3 ambient = mix(uGroundAmbient * 1.15, uSkyAmbient, n.y * 0.5 + 0.5);
  vec3 sun = uLightColour * 1.08 * (1.0 - 0.92 * shade);
  return albedo * (sun * (direct * mix(0.32, 1.0, open) + back * 0.42 * open) + ambient * mix(0.45, 1.18, open));
}
`;
