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

export const ALERTS_KIND = {
  title: "Alerts",
  hint: "What went wrong in the runs: spikes, divergence, plateaus, NaN. A click jumps there.",
} as const;

export const COMPARISON_KIND = {
  title: "Run comparison",
  hint: "A row for each run: last and best value, volatility, drawdown, alerts and small candles, in any order, against a baseline.",
} as const;

export const ARGUMENTS_KIND = {
  title: "Run arguments",
  hint: "What each run was started with: hyperparameters and configuration, side by side, and where they differ.",
} as const;

export const LINE_KIND = {
  title: "Lines",
  hint: "Every logged point of the checked runs, joined by lines. No point is averaged away.",
} as const;

export const INDICATOR_KIND = {
  title: "Indicator",
  hint: "One measure of volatility or momentum, as a line for each checked run.",
} as const;

export const LOGS_KIND = {
  title: "Logs",
  hint: "What runs say as they train: by level, searched as a whole, the newest lines as they come.",
} as const;

export const OUTPUTS_KIND = {
  title: "Outputs",
  hint: "What a model predicts beside what it should have, with the images, and which class it takes for which.",
} as const;

export const STATS_KIND = {
  title: "Stats",
  hint: "How fast runs train, and how much of the processor, the memory and the GPU they take.",
} as const;

export const PROGRESS_KIND = {
  title: "Progress",
  hint: "How far each training is: epoch, batch, speed, time left, and whether it is alive.",
} as const;

export const CONTROL_KIND = {
  title: "Control",
  hint: "Stop, pause, save or change a running training, and see what became of each command.",
} as const;

export const EXPERIMENTS_KIND = {
  title: "Experiments",
  hint: "Start trainings from a form, one or a whole grid, and stop, restart or copy them.",
} as const;
