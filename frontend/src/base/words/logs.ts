/** Words of the widget of logs. */
export const LOGS = {
  level: "Level",
  levels: "Levels",
  levelHint: "Shows or hides the lines of this level",
  gone: "This line is no longer there: its file was replaced.",
  search: "Search the whole log",
  searchHint: "Looks in all lines that were ever logged, not only in those that are here",
  last: "Last",
  lastHint: "How many lines of each run are kept in the page. A download has all of them.",
  download: "Download",
  downloadHint: "All lines, as text",
  downloadOf: "All lines of",
  list: "Lines of the logs",
  toEnd: "To the newest line",
  noRuns: "No run is checked.",
  noMatch: "No line matches.",
  emptyTitle: "Nothing was said in the logs",
  emptyText: "Hand the Tracker what Python's logging says, and it appears here as it is said:",
  emptyOther: "Texts that any writer logs under logs/<level> are read as well.",
  step: "step",
  time: "time",
  run: "run",
  message: "message",
} as const;

export const LOGS_SNIPPET = [
  "import logging",
  "",
  "logging.basicConfig(level=logging.INFO)",
  "logging.getLogger().addHandler(tracker.logger)",
  'logging.info("learning rate is now %s", lr)',
].join("\n");

/** `1,234 lines`, `the last 500 of 12,340 lines` */
export const lineCount = (shown: string, all: string): string =>
  shown === all ? `${all} ${all === "1" ? "line" : "lines"}` : `the last ${shown} of ${all} lines`;

export const newLines = (count: string): string => `${count} new ${count === "1" ? "line" : "lines"}`;
