import {dolly, dragGround, limitRig, orbit, type Rig, type RigLimits, rayThrough} from './camera-rig.ts';
import type {Vector} from './ground-ray.ts';

/** What the gestures move and what they must know of it. */
export type Steered = {
  rig: () => Rig;
  setRig: (rig: Rig) => void;
  limits: RigLimits;
  /** Tangents of half the picture's angles. */
  tangents: () => {x: number; y: number};
  /** The first ground or water along a direction from the eye; null for sky. */
  groundAlong: (direction: Vector) => Vector | null;
  home: () => void;
  /** Any gesture ends a flight. */
  interrupt: () => void;
  requestFrame: () => void;
  calm: () => boolean;
};

export type MapGestures = {
  /** Moves on what still glides. Returns whether there is more to come. */
  advance: (elapsedMs: number) => boolean;
  dispose: () => void;
};

type Finger = {x: number; y: number};

/** Farthest that one drag at the horizon can pull. */
const REACH_M = 30_000;
const GLIDE_MS = 70;
const FLING_MS = 190;
const HELD_KEYS = new Set([
  'ArrowLeft',
  'ArrowRight',
  'ArrowUp',
  'ArrowDown',
  '+',
  '=',
  '-',
  '_',
  'PageUp',
  'PageDown',
]);

/**
 * Navigation as on a map, over any host: drag moves the ground, right or Ctrl drag turns around the place in the
 * middle, wheel and pinch go nearer to what is under them, two fingers turn and tilt. Arrows move, with Shift they turn
 * and tilt, + and - go nearer and farther, Home shows all.
 */
export function attachMapGestures(canvas: HTMLCanvasElement, steered: Steered): MapGestures {
  const fingers = new Map<number, Finger>();
  const held = new Set<string>();
  let turning = false;
  let shift = false;
  let grabbed: Vector | null = null;
  let pivot: Vector | null = null;
  let zoomLeft = 0;
  let zoomAnchor: Vector | null = null;
  let fling = {eastM: 0, northM: 0};
  let lastMove = 0;

  const place = (event: {clientX: number; clientY: number}): Finger => {
    const box = canvas.getBoundingClientRect();
    return {
      x: ((event.clientX - box.left) / box.width) * 2 - 1,
      y: 1 - ((event.clientY - box.top) / box.height) * 2,
    };
  };
  const directionTo = ({x, y}: Finger) => rayThrough(steered.rig(), x, y, steered.tangents());
  const set = (rig: Rig) => {
    steered.setRig(limitRig(rig, steered.limits));
    steered.requestFrame();
  };
  /** The ground there, or a place at arm's length below the horizon when there is only sky. */
  const groundAt = (finger: Finger): Vector => {
    const direction = directionTo(finger);
    const hit = steered.groundAlong(direction);
    if (hit) return hit;
    const rig = steered.rig();
    const upM = steered.limits.groundM(rig.eastM, rig.northM);
    const far = Math.min(REACH_M / 4, Math.max(300, (rig.heightM - upM) * 6));
    const flat = Math.hypot(direction.eastM, direction.northM) || 1;
    return {
      eastM: rig.eastM + (direction.eastM / flat) * far,
      northM: rig.northM + (direction.northM / flat) * far,
      upM,
    };
  };
  const grab = () => {
    const [first] = fingers.values();
    grabbed = fingers.size === 1 && first && !turning ? groundAt(first) : null;
    pivot = fingers.size === 2 || turning ? groundAt(fingers.size === 2 ? middle() : {x: 0, y: 0}) : null;
  };
  const middle = (): Finger => {
    const [a, b] = [...fingers.values()] as [Finger, Finger];
    return {x: (a.x + b.x) / 2, y: (a.y + b.y) / 2};
  };

  const down = (event: PointerEvent) => {
    steered.interrupt();
    canvas.setPointerCapture(event.pointerId);
    canvas.focus({preventScroll: true});
    fling = {eastM: 0, northM: 0};
    zoomLeft = 0;
    turning =
      event.pointerType === 'mouse' &&
      (event.button === 2 || event.button === 1 || event.ctrlKey || event.shiftKey);
    fingers.set(event.pointerId, place(event));
    grab();
  };
  const move = (event: PointerEvent) => {
    const before = fingers.get(event.pointerId);
    if (!before) return;
    const now = place(event);
    const {aspect, tan} = {
      aspect: canvas.clientWidth / Math.max(1, canvas.clientHeight),
      tan: steered.tangents(),
    };
    if (fingers.size === 1) {
      fingers.set(event.pointerId, now);
      if (turning && pivot) {
        set(orbit(steered.rig(), pivot, (now.x - before.x) * 75, (now.y - before.y) * -45));
      } else if (grabbed) {
        const rig = steered.rig();
        const next = dragGround(rig, grabbed, directionTo(now), REACH_M);
        const passed = Math.max(1, event.timeStamp - lastMove);
        if (passed < 60)
          fling = {eastM: (next.eastM - rig.eastM) / passed, northM: (next.northM - rig.northM) / passed};
        set(next);
      }
    } else if (fingers.size === 2 && pivot) {
      const other = [...fingers].find(([id]) => id !== event.pointerId)![1];
      const apart = (p: Finger) => Math.hypot((p.x - other.x) * aspect, p.y - other.y);
      const angle = (p: Finger) => Math.atan2(p.y - other.y, (p.x - other.x) * aspect);
      let turn = ((angle(now) - angle(before)) * 180) / Math.PI;
      if (turn > 180) turn -= 360;
      if (turn < -180) turn += 360;
      fingers.set(event.pointerId, now);
      let rig = dolly(
        steered.rig(),
        pivot,
        Math.min(1.6, Math.max(0.6, apart(before) / Math.max(0.02, apart(now)))),
      );
      // both fingers up or down: tilt; the part of each is half of the middle's way
      const tilt = Math.abs(turn) < 0.6 ? (now.y - before.y) * -22 * tan.y * 2.2 : 0;
      rig = orbit(rig, pivot, turn, tilt);
      set(rig);
    }
    lastMove = event.timeStamp;
  };
  const up = (event: PointerEvent) => {
    if (!fingers.delete(event.pointerId)) return;
    if (fingers.size === 0 && (event.timeStamp - lastMove > 60 || steered.calm()))
      fling = {eastM: 0, northM: 0};
    turning = false;
    grab();
    steered.requestFrame();
  };
  const nearer = (power: number, anchor: Vector) => {
    zoomAnchor = anchor;
    zoomLeft = Math.min(1.6, Math.max(-1.6, zoomLeft + power));
    steered.requestFrame();
  };
  const wheel = (event: WheelEvent) => {
    event.preventDefault();
    steered.interrupt();
    const lines = event.deltaMode === 1 ? 30 : event.deltaMode === 2 ? 400 : 1;
    nearer((event.deltaY * lines) / (event.ctrlKey ? 180 : 620), groundAt(place(event)));
  };
  const twice = (event: MouseEvent) => nearer(-0.7, groundAt(place(event)));
  const menu = (event: Event) => event.preventDefault();

  const keyDown = (event: KeyboardEvent) => {
    if (event.altKey || event.metaKey) return;
    shift = event.shiftKey;
    if (event.key === 'Home') {
      event.preventDefault();
      steered.interrupt();
      steered.home();
      return;
    }
    if (!HELD_KEYS.has(event.key)) return;
    event.preventDefault();
    steered.interrupt();
    if (steered.calm()) steer(event.key, 160);
    else held.add(event.key);
    steered.requestFrame();
  };
  const keyUp = (event: KeyboardEvent) => {
    shift = event.shiftKey;
    held.delete(event.key);
  };
  const leave = () => held.clear();

  const steer = (key: string, elapsedMs: number) => {
    const rig = steered.rig();
    const centre = groundAt({x: 0, y: 0});
    const distance = Math.hypot(
      centre.eastM - rig.eastM,
      centre.upM - rig.heightM,
      centre.northM - rig.northM,
    );
    const share = elapsedMs / 1000;
    const heading = (rig.headingDeg * Math.PI) / 180;
    const pan = (right: number, ahead: number) =>
      set({
        ...rig,
        eastM: rig.eastM + (Math.cos(heading) * right + Math.sin(heading) * ahead) * distance * share * 0.75,
        northM:
          rig.northM + (-Math.sin(heading) * right + Math.cos(heading) * ahead) * distance * share * 0.75,
      });
    const turn = (by: number, tilt: number) => set(orbit(rig, centre, by * 55 * share, tilt * 32 * share));
    if (key === 'ArrowLeft') shift ? turn(-1, 0) : pan(-1, 0);
    else if (key === 'ArrowRight') shift ? turn(1, 0) : pan(1, 0);
    else if (key === 'ArrowUp') shift ? turn(0, -1) : pan(0, 1);
    else if (key === 'ArrowDown') shift ? turn(0, 1) : pan(0, -1);
    else if (key === 'PageUp') turn(0, 1);
    else if (key === 'PageDown') turn(0, -1);
    else set(dolly(rig, centre, Math.exp((key === '+' || key === '=' ? -1 : 1) * share * 1.1)));
  };

  const advance = (elapsedMs: number): boolean => {
    for (const key of held) steer(key, elapsedMs);
    if (zoomLeft !== 0 && zoomAnchor) {
      const step = steered.calm() ? zoomLeft : zoomLeft * (1 - Math.exp(-elapsedMs / GLIDE_MS));
      const rig = steered.rig();
      const distance = Math.hypot(
        zoomAnchor.eastM - rig.eastM,
        zoomAnchor.upM - rig.heightM,
        zoomAnchor.northM - rig.northM,
      );
      if (step > 0 || distance > steered.limits.clearanceM * 4) set(dolly(rig, zoomAnchor, Math.exp(step)));
      zoomLeft = Math.abs(zoomLeft - step) < 0.004 ? 0 : zoomLeft - step;
    }
    if (fingers.size === 0 && (fling.eastM !== 0 || fling.northM !== 0)) {
      const rig = steered.rig();
      set({
        ...rig,
        eastM: rig.eastM + fling.eastM * elapsedMs,
        northM: rig.northM + fling.northM * elapsedMs,
      });
      const fade = Math.exp(-elapsedMs / FLING_MS);
      fling = {eastM: fling.eastM * fade, northM: fling.northM * fade};
      const height = Math.max(10, rig.heightM - steered.limits.groundM(rig.eastM, rig.northM));
      if (Math.hypot(fling.eastM, fling.northM) < height * 2e-5) fling = {eastM: 0, northM: 0};
    }
    return (
      held.size > 0 || zoomLeft !== 0 || (fingers.size === 0 && (fling.eastM !== 0 || fling.northM !== 0))
    );
  };

  const stop = new AbortController();
  const {signal} = stop;
  canvas.addEventListener('pointerdown', down, {signal});
  canvas.addEventListener('pointermove', move, {signal});
  canvas.addEventListener('pointerup', up, {signal});
  canvas.addEventListener('pointercancel', up, {signal});
  canvas.addEventListener('wheel', wheel, {signal, passive: false});
  canvas.addEventListener('dblclick', twice, {signal});
  canvas.addEventListener('contextmenu', menu, {signal});
  canvas.addEventListener('keydown', keyDown, {signal});
  canvas.addEventListener('keyup', keyUp, {signal});
  canvas.addEventListener('blur', leave, {signal});
  return {advance, dispose: () => stop.abort()};
}
