import { isolated } from "../bidi.ts";

/** Words of the widget that compares what models cost. */
export const COMPLEXITY = {
  none: "No run is checked.",
  noModels: "None of the checked runs has logged what its model costs: tracker.complexity(model, inputs).",
  measure: "measure",
  least: "least of these models",
  scales:
    "Each axis is a logarithm of its own, from the smallest to the largest of these models, over ten times at least; the ends stand beside its name.",
  problems: (count: string): string => `${count} could not be read.`,
  more: (drawn: string, all: string): string => `The first ${drawn} of ${all} models are drawn.`,
  examples: (count: string): string => `of ${count} examples`,
  batch: "Batch size",
  batchHint: "Examples in each pass that was measured",
  batchesDiffer: (least: string, most: string): string =>
    `Measured with batches of ${least} to ${most} examples: larger batches take less time an example, so latencies compare models only at one batch size.`,
  latencyOfBatches: "Latency an example (batches differ)",
} as const;

/** In the order of the table; each with what it is of. */
export const COST_WORDS = {
  layers: { name: "Layers", hint: "That hold a weight of two dimensions or more" },
  depth: { name: "Depth", hint: "Layers one after another on the longest path" },
  parameters: { name: "Parameters", hint: "All numbers that the model holds as weights" },
  trainable: { name: "Trainable", hint: "Parameters that training changes" },
  parameter_bytes: { name: "Weights' memory", hint: "What all parameters take" },
  flops: {
    name: "FLOPs an example",
    hint: "Operations of a forward pass; a multiplication and an addition are two",
  },
  activation_bytes: { name: "Activations an example", hint: "What is kept for the backward pass" },
  latency: {
    name: "Latency an example",
    hint: "Median of forward passes, over the number of examples in a pass",
  },
  gradient_noise_scale: {
    name: "Gradient noise scale",
    hint: "About the batch size beyond which more examples hardly make a step better (McCandlish et al. 2018)",
  },
} as const;

export const oneModel = (model: string, parameters: string, depth: string): string =>
  `${isolated(model)} has ${parameters} parameters, in ${depth} layers one after another.`;

export const severalModels = (
  largest: string,
  times: string,
  smallest: string,
  slowest: string | null,
): string =>
  `${isolated(largest)} has ${times} times the parameters of ${isolated(smallest)}${slowest === null ? "." : `; ${isolated(slowest)} takes longest for an example.`}`;

export const axisWords = (name: string, low: string, high: string): string => `${name}\n${low} – ${high}`;

/** A word to a line, and what it is of left out. */
export const narrowWords = (name: string): string => name.replace(/ an example$/, "").replaceAll(" ", "\n");

/** `1.2 ± 0.1 ms`: half of the distance between the quartiles. */
export const spreadWords = (low: string, high: string): string => `half of them from ${low} to ${high}`;
