/** Words of plots, and of analyses that the server computes for them. */
export const PLOT = {
  failed: "The plot could not be drawn:",
  flat: "This browser has no WebGL, so it is drawn flat.",
  lost: "The browser gave the 3-D picture's memory to another one.",
  again: "Draw again",
  unseen: "This browser has no WebGL, which this picture needs.",
  turn: "Turn and zoom",
  left: "Turn left",
  right: "Turn right",
  nearer: "Nearer",
  farther: "Farther",
  home: "As at first",
  keys: "Arrow keys turn it, plus and minus zoom, 0 brings it back.",
} as const;

export const ANALYSIS = {
  computing: "Computing…",
  progress: (what: string, done: string, total: string): string =>
    what === "" ? `Computing: ${done} of ${total}` : `Computing: ${what}, ${done} of ${total}`,
  asking: "Asking the server…",
} as const;
