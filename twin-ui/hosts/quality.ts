import type {QualityLevel} from './scene-host.ts';

/** What a level of quality means for the local host. */
export type Quality = {
  level: QualityLevel;
  pixelRatio: number;
  antialias: boolean;
  /** Width of the painted ground and of the line map. */
  groundPx: number;
  linesPx: number;
  surroundingsPx: number;
  shadePx: number;
  /** Side of the fine shade around the eye; 0 for none. */
  shadeNearPx: number;
  crowns: number;
  fullPx: number;
  reducedPx: number;
  /** Distance at which the finest ground ends, in metres for a picture of 900 px. */
  leafReachM: number;
  mirrorGround: boolean;
  motion: boolean;
};

export const QUALITIES: Record<QualityLevel, Quality> = {
  low: {
    level: 'low',
    pixelRatio: 1.25,
    antialias: false,
    groundPx: 2048,
    linesPx: 2048,
    surroundingsPx: 1024,
    shadePx: 1024,
    shadeNearPx: 0,
    crowns: 16_000,
    fullPx: 220,
    reducedPx: 60,
    leafReachM: 520,
    mirrorGround: false,
    motion: false,
  },
  mid: {
    level: 'mid',
    pixelRatio: 1.5,
    antialias: true,
    groundPx: 3072,
    linesPx: 2048,
    surroundingsPx: 2048,
    shadePx: 2048,
    shadeNearPx: 1024,
    crowns: 26_000,
    fullPx: 180,
    reducedPx: 52,
    leafReachM: 750,
    mirrorGround: true,
    motion: true,
  },
  high: {
    level: 'high',
    pixelRatio: 2,
    antialias: true,
    groundPx: 4096,
    linesPx: 4096,
    surroundingsPx: 3072,
    shadePx: 2048,
    shadeNearPx: 1536,
    crowns: 38_000,
    fullPx: 150,
    reducedPx: 46,
    leafReachM: 1000,
    mirrorGround: true,
    motion: true,
  },
};

const KEPT = 'twin-quality';

/**
 * The level for this machine: what was kept from an earlier visit, else by what draws (software: low), by the kind of
 * device (phones: low or mid), else by the time that a small picture takes.
 */
export function chooseQuality(): QualityLevel {
  const kept = readKept();
  if (kept) return kept;
  const level = probe();
  try {
    localStorage.setItem(KEPT, level);
  } catch {
    // private windows keep nothing; the probe runs again next time
  }
  return level;
}

function readKept(): QualityLevel | null {
  try {
    const kept = localStorage.getItem(KEPT);
    return kept === 'low' || kept === 'mid' || kept === 'high' ? kept : null;
  } catch {
    return null;
  }
}

const PROBE_VERTEX =
  '#version 300 es\nvoid main(){vec2 p=vec2((gl_VertexID<<1)&2,gl_VertexID&2);gl_Position=vec4(p*2.-1.,0.,1.);}';
const PROBE_FRAGMENT = `#version 300 es
precision highp float;out vec4 c;
void main(){vec2 p=gl_FragCoord.xy*.01;float s=0.;for(int i=0;i<120;i++){p=mat2(.8,.6,-.6,.8)*p+.37;s+=sin(p.x)*cos(p.y);}c=vec4(fract(s));}`;

function probe(): QualityLevel {
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = 512;
  const gl = canvas.getContext('webgl2', {antialias: false, powerPreference: 'high-performance'});
  if (!gl) return 'low';
  try {
    const info = gl.getExtension('WEBGL_debug_renderer_info');
    const name = String(gl.getParameter(info ? info.UNMASKED_RENDERER_WEBGL : gl.RENDERER));
    if (/swiftshader|llvmpipe|software|basic render/i.test(name)) return 'low';
    const phone = matchMedia('(pointer: coarse)').matches && Math.min(screen.width, screen.height) < 800;
    const program = gl.createProgram();
    for (const [type, source] of [
      [gl.VERTEX_SHADER, PROBE_VERTEX],
      [gl.FRAGMENT_SHADER, PROBE_FRAGMENT],
    ] as const) {
      const shader = gl.createShader(type)!;
      gl.shaderSource(shader, source);
      gl.compileShader(shader);
      gl.attachShader(program, shader);
    }
    gl.linkProgram(program);
    gl.useProgram(program);
    const pixel = new Uint8Array(4);
    const draw = () => {
      gl.drawArrays(gl.TRIANGLES, 0, 3);
      gl.readPixels(0, 0, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, pixel);
    };
    draw();
    const start = performance.now();
    let runs = 0;
    while (runs < 12 && performance.now() - start < 250) {
      draw();
      runs += 1;
    }
    const ms = (performance.now() - start) / runs;
    if (phone) return ms < 6 ? 'mid' : 'low';
    return ms < 4 ? 'high' : ms < 16 ? 'mid' : 'low';
  } finally {
    gl.getExtension('WEBGL_lose_context')?.loseContext();
  }
}
