/** What widgets are called before they are loaded. */

export const HYPERPARAMETERS_KIND = {
  title: "Hyperparameters",
  hint: "What runs were started with against how well they did: what matters, and where to look next.",
} as const;

export const COMPLEXITY_KIND = {
  title: "Complexity",
  hint: "What models cost: layers, parameters, operations, memory, time, side by side.",
} as const;

export const DYNAMICS_KIND = {
  title: "Dynamics",
  hint: "Three metrics as the axes of one space, and each run's path through it.",
} as const;

export const LANDSCAPE_KIND = {
  title: "Loss landscape",
  hint: "The loss around a model's weights: how deep, how flat, how rough.",
} as const;

export const CORRELATION_KIND = {
  title: "Correlation",
  hint: "Which metrics move together, beyond what chance alone would give.",
} as const;

export const CONVERGENCE_KIND = {
  title: "Convergence",
  hint: "Where a metric is going: its plateau, how sure that is, and when it is reached.",
} as const;
