import type { Camera, Vector } from "./figure.ts";

/** Where a scene is first seen from: all of it, with the names of its axes. */
export const HOME: Camera = { eye: { x: 1.45, y: 1.45, z: 0.95 }, center: { x: 0, y: 0, z: -0.12 } };

export interface Turn {
  /** Around the vertical axis, counterclockwise as seen from above. */
  readonly aroundRad?: number;
  /** Towards a look from above. */
  readonly upRad?: number;
  /** Below one comes nearer. */
  readonly distance?: number;
}

const ORIGIN: Vector = { x: 0, y: 0, z: 0 };
// Straight from above, left and right change places at the smallest turn.
const STEEPEST_RAD = 0.98 * (Math.PI / 2);
const [NEAREST, FARTHEST] = [0.3, 8];

/** The camera after a turn around what it looks at. */
export function turned(camera: Camera, { aroundRad = 0, upRad = 0, distance = 1 }: Turn): Camera {
  const { x: cx, y: cy, z: cz } = camera.center ?? ORIGIN;
  const [x, y, z] = [camera.eye.x - cx, camera.eye.y - cy, camera.eye.z - cz];
  const before = Math.hypot(x, y, z);
  const radius = Math.min(FARTHEST, Math.max(NEAREST, before * distance));
  const around = Math.atan2(y, x) + aroundRad;
  const up = Math.min(
    STEEPEST_RAD,
    Math.max(-STEEPEST_RAD, Math.asin(before === 0 ? 0 : z / before) + upRad),
  );
  const flat = radius * Math.cos(up);
  const eye = {
    x: cx + flat * Math.cos(around),
    y: cy + flat * Math.sin(around),
    z: cz + radius * Math.sin(up),
  };
  return { ...camera, eye };
}

const STEP_RAD = Math.PI / 16;
const ZOOM = 1.2;

/** What a key does to a scene; undefined: nothing. "home" takes it back to where it began. */
export const TURNS: Readonly<Record<string, Turn | "home">> = {
  ArrowLeft: { aroundRad: -STEP_RAD },
  ArrowRight: { aroundRad: STEP_RAD },
  ArrowUp: { upRad: STEP_RAD },
  ArrowDown: { upRad: -STEP_RAD },
  "+": { distance: 1 / ZOOM },
  "=": { distance: 1 / ZOOM },
  "-": { distance: ZOOM },
  "0": "home",
  Home: "home",
};
