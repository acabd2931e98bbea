/** Words of the slider over the steps that were logged. */
export const STEP_PLAYER = {
  play: "Play",
  pause: "Pause",
  time: "Step",
} as const;
