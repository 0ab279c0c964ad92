import {
  BufferGeometry,
  Camera,
  Float32BufferAttribute,
  type IUniform,
  LinearFilter,
  LinearMipmapLinearFilter,
  Mesh,
  NoBlending,
  NoToneMapping,
  RGBAFormat,
  Scene,
  ShaderMaterial,
  type WebGLRenderer,
  WebGLRenderTarget,
} from 'three';

export type Baker = {
  renderer: WebGLRenderer;
  /** Runs a fragment shader over a whole target; `vPlace` is 0 to 1, v = 0 in the first row. */
  fill: (target: WebGLRenderTarget, fragment: string, uniforms: Record<string, IUniform>) => void;
  /** Draws a scene into a target without tone mapping, over black. */
  draw: (target: WebGLRenderTarget, scene: Scene, camera: Camera, clear: boolean) => void;
};

/** A map of plain bytes with mip levels. */
export function mapTarget(width: number, height: number): WebGLRenderTarget {
  return new WebGLRenderTarget(width, height, {
    format: RGBAFormat,
    depthBuffer: false,
    generateMipmaps: true,
    minFilter: LinearMipmapLinearFilter,
    magFilter: LinearFilter,
  });
}

const VERTEX = /* glsl */ `
varying vec2 vPlace;
void main() {
  vPlace = position.xy * 0.5 + 0.5;
  gl_Position = vec4(position.xy, 0.0, 1.0);
}
`;

export function makeBaker(renderer: WebGLRenderer): Baker {
  const geometry = new BufferGeometry();
  geometry.setAttribute('position', new Float32BufferAttribute([-1, -1, 0, 3, -1, 0, -1, 3, 0], 3));
  const camera = new Camera();

  const draw: Baker['draw'] = (target, scene, eye, clear) => {
    const tone = renderer.toneMapping;
    const auto = renderer.autoClear;
    const before = renderer.getRenderTarget();
    renderer.toneMapping = NoToneMapping;
    renderer.autoClear = false;
    renderer.setRenderTarget(target);
    if (clear) renderer.clear();
    renderer.render(scene, eye);
    renderer.setRenderTarget(before);
    renderer.toneMapping = tone;
    renderer.autoClear = auto;
  };

  const fill: Baker['fill'] = (target, fragment, uniforms) => {
    const material = new ShaderMaterial({
      vertexShader: VERTEX,
      fragmentShader: fragment,
      uniforms,
      depthTest: false,
      depthWrite: false,
      blending: NoBlending,
    });
    const mesh = new Mesh(geometry, material);
    mesh.frustumCulled = false;
    const scene = new Scene();
    scene.add(mesh);
    draw(target, scene, camera, false);
    material.dispose();
  };
  return {renderer, fill, draw};
}
