/** Words of the widget of arguments. */

import { isolated } from "../bidi.ts";

export const ARGUMENTS = {
  name: "Argument",
  search: "Search names and values (regex)",
  onlyDifferences: "Only differences",
  onlyDifferencesHint: "Hide what is the same in all runs that are shown",
  copy: "Copy JSON",
  copyHint: "Copies all arguments of these runs",
  copied: "Copied",
  notCopied: "The browser forbids it",
  differs: "Differs between these runs",
  differsFrom: "Not as in the first run",
  inFocus: "in focus",
  whole: "Whole value",
  absent: "not given",
  loading: "Reading arguments …",
  same: "All arguments of these runs are the same.",
  noMatch: "Nothing matches the search.",
  emptyTitle: "No arguments were logged",
  emptyText: "Say what a run was started with, and it appears here:",
  emptyOther:
    "Hyperparameters of TensorBoard's HParams tab (add_hparams of torch and tensorboardX, hp.hparams of TensorFlow), configurations of Hugging Face's Trainer, and tables of arguments logged as text are read as well.",
} as const;

export const ARGUMENTS_SNIPPET = [
  "from tensorboard_candles import Tracker",
  "",
  'tracker = Tracker(project="my-cnn", config={"lr": 0.1, "optimizer": {"name": "adam"}})',
  'tracker.log_config({"parameters": 11_000_000})  # what is known only later',
].join("\n");

export const argumentCount = (shown: string, all: string): string =>
  shown === all ? `${all} arguments` : `${shown} of ${all} arguments`;

export const runsWithout = (count: string): string =>
  count === "1" ? "1 checked run logged no arguments." : `${count} checked runs logged no arguments.`;

export const runsShown = (shown: string, checked: string): string =>
  `${shown} of ${checked} checked runs are looked at.`;

/** `from hparams`, `from config of 'sweep'`: what arguments were read from, and of which run where not of its own. */
export const givenBy = (sources: readonly string[], run: string | null): string =>
  `from ${sources.map(isolated).join(", ")}${run === null ? "" : ` of ${isolated(run)}`}`;
