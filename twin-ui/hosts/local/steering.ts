import {between, limitRig, type Rig, type RigLimits, verticalFovDeg} from '../../engine/camera-rig.ts';
import type {Vector} from '../../engine/ground-ray.ts';
import {attachMapGestures} from '../../engine/map-gestures.ts';

/** Holds the eye, brings it from place to place and listens to the visitor's hands. */
export type Steering = {
  rig: () => Rig;
  /** Puts the eye there at once, inside its limits. */
  place: (rig: Rig) => void;
  /** Glides there; resolves on arrival or when something else takes over. */
  fly: (rig: Rig, durationMs: number) => Promise<void>;
  /** Moves flights and gestures on. Returns whether there is more to come. */
  advance: (elapsedMs: number, nowMs: number) => boolean;
  /** Angle of the picture's height, and tangents of half its angles. */
  lens: () => {fovDeg: number; tan: {x: number; y: number}};
  dispose: () => void;
};

export type SteeringOptions = {
  canvas: HTMLCanvasElement;
  start: Rig;
  limits: RigLimits;
  groundAlong: (direction: Vector) => Vector | null;
  home: () => Rig;
  /** Whether the visitor asked for less motion. */
  calm: () => boolean;
  onMove: () => void;
  requestFrame: () => void;
};

type Flight = {from: Rig; to: Rig; startMs: number | null; durationMs: number; done: () => void};

export function makeSteering(options: SteeringOptions): Steering {
  const {canvas, limits, calm, onMove, requestFrame} = options;
  let rig = limitRig(options.start, limits);
  let flight: Flight | null = null;

  const lens = () => {
    const aspect = Math.max(0.1, canvas.clientWidth / Math.max(1, canvas.clientHeight));
    const fovDeg = verticalFovDeg(rig.fovDeg, aspect);
    const y = Math.tan((fovDeg * Math.PI) / 360);
    return {fovDeg, tan: {x: y * aspect, y}};
  };
  const put = (next: Rig) => {
    rig = next;
    onMove();
  };
  const interrupt = () => {
    const ended = flight;
    flight = null;
    ended?.done();
  };
  const place = (next: Rig) => {
    interrupt();
    put(limitRig(next, limits));
    requestFrame();
  };
  const fly = (to: Rig, durationMs: number): Promise<void> => {
    interrupt();
    const goal = limitRig(to, limits);
    if (calm() || durationMs <= 0) {
      place(goal);
      return Promise.resolve();
    }
    return new Promise((resolve) => {
      flight = {from: rig, to: goal, startMs: null, durationMs, done: resolve};
      requestFrame();
    });
  };
  const gestures = attachMapGestures(canvas, {
    rig: () => rig,
    setRig: put,
    limits,
    tangents: () => lens().tan,
    groundAlong: options.groundAlong,
    home: () => void fly(options.home(), 1200),
    interrupt,
    requestFrame,
    calm,
  });
  const advance: Steering['advance'] = (elapsedMs, nowMs) => {
    if (flight) {
      flight.startMs ??= nowMs - elapsedMs;
      const share = Math.min(1, (nowMs - flight.startMs) / flight.durationMs);
      put(limitRig(between(flight.from, flight.to, share), limits));
      if (share === 1) interrupt();
    }
    const gliding = gestures.advance(elapsedMs);
    return flight !== null || gliding;
  };
  return {
    rig: () => rig,
    place,
    fly,
    advance,
    lens,
    dispose: () => {
      interrupt();
      gestures.dispose();
    },
  };
}
