/** What widgets are called before they are loaded. */

export const HYPERPARAMETERS_KIND = {
  title: "Hyperparameters",
  hint: "What runs were started with against how well they did: what matters, and where to look next.",
} as const;

export const COMPLEXITY_KIND = {
  title: "Complexity",
  hint: "What models cost: layers, parameters, operations, memory, time, side by side.",
} as const;
