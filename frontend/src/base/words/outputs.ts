/** Words of the widget of predictions. */
import { isolated } from "../bidi.ts";
import { OUTPUTS_KIND } from "./kinds.ts";

export const OUTPUTS = {
  source: "Run and tag",
  view: "What is shown",
  views: { both: "Both", examples: "Examples", confusion: "Confusion" },
  viewHints: {
    both: "Examples beside the confusion matrix",
    examples: "What was predicted for each of the first examples",
    confusion: "Which class was taken for which, over all examples",
  },
  numberViews: { both: "Both", examples: "Table", confusion: "Scatter" },
  numberViewHints: {
    both: "The table beside the scatter",
    examples: "What was predicted for each of the first examples",
    confusion: "Predictions against what they should have been",
  },
  onlyWrong: "Only mistakes",
  onlyWrongHint: "Hide the examples that were predicted rightly",
  none: "No predictions were logged in the checked runs. After an evaluation:",
  noneOfThese: "None of the examples that are kept is one of these.",
  allRight: "All of the examples that are kept are right.",
  examples: "Examples",
  right: "right",
  wrong: "wrong",
  label: "true",
  predicted: "predicted",
  score: "score",
  offBy: "off by",
  row: "row",
  scores: "Highest scores",
  confusion: "Confusion matrix",
  confusionHint:
    "A row for each true class, a column for each predicted one. A click shows the examples of a cell.",
  confusionKeys: "Arrow keys go from cell to cell, Enter shows the examples of one.",
  mistakes: "Most frequent mistakes",
  mistakesHint: "There are too many classes for a matrix. A click shows the examples of a row.",
  takenFor: "taken for",
  trueDown: "true ↓ predicted →",
  showAll: "Show all examples",
  scatter: "Predicted against true",
  exact: "exactly right",
  table: "Predictions and labels",
} as const;

export const OUTPUTS_SNIPPET = [
  "tracker.output(",
  '    "val", predictions=logits, labels=labels, images=images, classes=["cat", "dog"]',
  ")",
].join("\n");

export const outputsOf = (run: string, tag: string): string =>
  `${OUTPUTS_KIND.title} ${isolated(tag)} of ${isolated(run)}`;

/** `8,123 of 10,000 right (81.2 %)` */
export const rightOf = (right: string, total: string, share: string): string =>
  `${right} of ${total} right (${share})`;

export const offByWords = (off: string, total: string): string =>
  `off by ${off} on average, over ${total} examples`;

export const keptWords = (kept: string, total: string): string => `the first ${kept} of ${total} are kept`;

export const shownOf = (shown: string, all: string): string => `${shown} of ${all} examples`;

/** Of a picture, for who can't see it. */
export const imageWords = (row: string): string => `example ${row}`;

export const cellWords = (label: string, predicted: string, count: string): string =>
  `true ${isolated(label)}, predicted ${isolated(predicted)}: ${count}`;

export const cellShown = (label: string, predicted: string): string =>
  `true ${isolated(label)}, predicted ${isolated(predicted)}`;

export const classNumber = (number: string): string => `class ${number}`;
