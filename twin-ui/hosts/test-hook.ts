import type {CameraState, FrameStats, Hit, LayerId, SceneHost, ScreenPoint} from './scene-host.ts';

/** What browser tests hold of a page (`window.__twin`), only where the page was opened with `?test`. */
export type TwinTestHook = {
  /** True once everything was drawn; a text when the scene failed. */
  ready: boolean | string;
  frame: () => FrameStats;
  camera: (state: CameraState) => void;
  getCamera: () => Required<CameraState>;
  layer: (id: LayerId, on: boolean) => void;
  /** Holds the scene at an instant, whatever the clock of the page says from then on. */
  setTime: (timeMs: number) => void;
  setWaterLevel: (levelM: number | null) => void;
  pick: (x: number, y: number) => Promise<Hit | null>;
  project: (longitudeDeg: number, latitudeDeg: number, heightM?: number) => ScreenPoint | null;
  stats: () => FrameStats;
  /** Bytes of a part of the picture, rows from the top, drawn anew in the same task. CSS pixels. */
  rgba: (x: number, y: number, width: number, height: number) => number[];
  freeze: () => void;
  loseContext: () => void;
  restoreContext: () => void;
};

declare global {
  interface Window {
    __twin?: TwinTestHook;
  }
}

/** Hands the scene to tests. Does nothing unless the address asks for it. */
export function exposeForTests(host: SceneHost): void {
  if (!new URLSearchParams(location.search).has('test')) return;
  const gl = host.canvas.getContext('webgl2');
  if (!gl) throw new Error('the canvas has no WebGL 2 context');
  const loss = gl.getExtension('WEBGL_lose_context');
  const {setTime} = host;
  const hook: TwinTestHook = {
    ready: false,
    frame: () => {
      host.renderNow();
      return host.stats();
    },
    camera: (state) => host.setCamera(state),
    getCamera: () => host.getCamera(),
    layer: (id, on) => host.setLayer(id, on),
    setTime: (timeMs) => {
      setTime(timeMs);
      // the page's own clock would turn the sun on within a minute
      host.setTime = () => {};
    },
    setWaterLevel: (levelM) => host.setWaterLevel(levelM),
    pick: (x, y) => host.pick(x, y),
    project: (longitudeDeg, latitudeDeg, heightM) => host.project(longitudeDeg, latitudeDeg, heightM),
    stats: () => host.stats(),
    rgba: (x, y, width, height) => {
      host.renderNow();
      const scale = host.stats().pixelRatio;
      const [w, h] = [Math.round(width * scale), Math.round(height * scale)];
      const bytes = new Uint8Array(w * h * 4);
      const bottom = gl.drawingBufferHeight - Math.round(y * scale) - h;
      gl.readPixels(Math.round(x * scale), bottom, w, h, gl.RGBA, gl.UNSIGNED_BYTE, bytes);
      const rows: number[] = [];
      for (let row = h - 1; row >= 0; row--) rows.push(...bytes.subarray(row * w * 4, (row + 1) * w * 4));
      return rows;
    },
    freeze: () => host.setMotion(false),
    loseContext: () => loss?.loseContext(),
    restoreContext: () => loss?.restoreContext(),
  };
  window.__twin = hook;
  host.ready.then(
    () => {
      hook.ready = true;
    },
    (error: unknown) => {
      hook.ready = String(error);
    },
  );
}
