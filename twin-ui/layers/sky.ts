import {BackSide, LessEqualDepth, Mesh, ShaderMaterial, SphereGeometry} from 'three';
import {FINISH, SKY} from './glsl.ts';
import type {SceneUniforms} from './scene-uniforms.ts';

const VERTEX = /* glsl */ `
varying vec3 vDirection;
void main() {
  vDirection = position;
  vec4 p = projectionMatrix * mat4(mat3(viewMatrix)) * vec4(position, 1.0);
  gl_Position = p.xyww;
}
`;

const FRAGMENT = /* glsl */ `
varying vec3 vDirection;
uniform sampler2D uNoise;
uniform float uSeconds;
${SKY}
float starHash(vec3 p) {
  p = fract(p * 0.1031);
  p += dot(p, p.zyx + 31.32);
  return fract((p.x + p.y) * p.z);
}
void main() {
  vec3 d = normalize(vDirection);
  vec3 c = skyColour(d);
  float s = max(dot(d, uSun), 0.0);
  float above = smoothstep(-0.02, 0.01, uSun.y);
  c += uLightColour * (smoothstep(0.99989, 0.99995, s) * 9.0 + pow(s, 1800.0) * 1.3) * above;
  if (uNight > 0.3 && d.y > 0.02) {
    vec3 q = floor(d * 210.0);
    float star = step(0.9965, starHash(q)) * (0.4 + 0.6 * starHash(q + 7.0));
    vec3 off = fract(d * 210.0) - 0.5;
    c += vec3(0.75, 0.82, 1.0) * star * smoothstep(0.34, 0.05, length(off)) * smoothstep(0.02, 0.3, d.y) * (uNight - 0.3) * 0.7;
  }
  if (d.y > 0.01) {
    vec2 p = d.xz / (d.y + 0.16) * 0.085 + uSeconds * 0.0004;
    float big = texture2D(uNoise, p).b, small = texture2D(uNoise, p * 3.1 + 0.4).b, tiny = texture2D(uNoise, p * 9.7 + 0.2).b;
    float f = big * 0.62 + small * 0.27 + tiny * 0.11;
    float cloud = smoothstep(0.44, 0.66, f) * smoothstep(0.01, 0.22, d.y);
    vec3 lit = uSkyAmbient * 1.15 + uLightColour * (0.16 + 0.10 * pow(s, 6.0)) + uGlow * pow(s, 4.0);
    vec3 shaded = uSkyAmbient * 0.95 + uHorizon * 0.34;
    vec3 col = mix(lit, shaded, smoothstep(0.52, 0.80, f) * 0.55);
    c = mix(c, col, cloud * 0.62);
  }
  gl_FragColor = vec4(c, 1.0);
  ${FINISH}
}
`;

/** The dome behind everything, drawn last so that only what is seen of it costs anything. */
export function makeSky(u: SceneUniforms): Mesh {
  const material = new ShaderMaterial({
    name: 'sky',
    vertexShader: VERTEX,
    fragmentShader: FRAGMENT,
    uniforms: u,
    side: BackSide,
    depthWrite: false,
    depthFunc: LessEqualDepth,
  });
  const mesh = new Mesh(new SphereGeometry(1, 32, 20), material);
  mesh.name = 'sky';
  mesh.frustumCulled = false;
  mesh.renderOrder = 4;
  return mesh;
}
