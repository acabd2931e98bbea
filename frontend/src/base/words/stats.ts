/** Words of the widget of speed and machine. */
import { isolated } from "../bidi.ts";

export const STATS = {
  axis: "Time",
  axisNames: { since: "Since start", clock: "Clock" },
  axisHints: {
    since: "Each run by the time since it began, so that they lie side by side",
    clock: "By date and time of day",
  },
  noRuns: "No run is checked.",
  emptyTitle: "Nothing to tell the speed by",
  emptyText: "A run that logs at two times has a speed. For processor, memory and GPU ask the Tracker:",
  noSystem: "For processor, memory and GPU over time:",
  now: "newest values",
  keys: "Speed and machine. Arrow keys move the crosshair, Home and End to its ends.",
  names: {
    steps_per_sec: "Steps a second",
    points_per_sec: "Points a second",
    "system/cpu_percent": "Processor",
    "system/memory_gigabytes": "Memory",
  },
  gpuUse: "use",
  gpuMemory: "memory",
  gpu: (number: string): string => `GPU ${number}`,
  upTo: (most: string): string => `up to ${most}`,
  others: (count: string): string => `${count} more runs are checked; the first are shown.`,
} as const;

export const STATS_SNIPPET = 'tracker = Tracker(project="my-cnn", stats=True)';

export const runOf = (run: string, value: string): string => `${isolated(run)}: ${value}`;
