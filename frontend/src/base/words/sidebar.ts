/** Words of the lists of runs and tags, and of how the tab looks. */

import { isolated } from "../bidi.ts";

export const SIDEBAR = {
  runs: "Runs",
  tags: "Tags",
  filterRuns: "Filter runs (regex)",
  filterTags: "Filter tags (regex)",
  noMatch: "Nothing matches the filter.",
  checkShown: "Show all listed runs",
  focusHint:
    "Click a name to draw that run as candles. Other checked runs are drawn as lines of their close.",
  options: "Order and groups",
  order: "Order",
  orders: { name: "Name", start: "Start time", last: "Last value", alerts: "Alerts" },
  orderHints: {
    name: "As people count: run-9 before run-10",
    start: "Newest first",
    last: "Best last value of the picked tag first",
    alerts: "Most alerts first",
  },
  backwards: "Reverse the order",
  groups: "Groups",
  groupings: { none: "None", prefix: "By path", pattern: "By pattern" },
  groupPattern: "seed=(\\d+)",
  groupPatternLabel: "Regular expression; runs with the same first group go together",
  showAll: "Show all",
  hideAll: "Hide all",
  hideAllHint: "Hides all listed runs but the one in focus",
  invert: "Invert",
  openGroups: "Open groups",
  closeGroups: "Close groups",
  pin: "Pin to the top",
  unpin: "Unpin",
  solo: "Show only this run",
  unsolo: "Back to the runs shown before",
  lastValues: "Last values of",
  colourOf: "Colour of",
  ownColour: "Its own colour again",
  otherColour: "Another colour",
  region: "Runs and tags",
  sidebarWidth: "Width of the sidebar",
  edgeHint: "Drag, or press arrow keys, to change the width; double-click for the usual one",
  collapse: "Hide runs and tags",
  display: "Display",
  theme: "Theme",
  themes: { follow: "As TensorBoard", light: "Light", dark: "Dark" },
  colours: "Colours",
  schemes: { default: "Default", safe: "Colour-blind safe" },
  schemeHints: {
    default: "Filled candles, which got worse, are red, hollow ones green",
    safe: "Filled candles, which got worse, are orange, hollow ones blue; runs in colours that stay apart",
  },
} as const;

/** `Not a regular expression (Unterminated group): searched for as plain text.` */
export const searchedAsText = (problem: string): string =>
  `Not a regular expression (${problem}): searched for as plain text.`;

/** `Not a regular expression (Unterminated group).` */
export const notAPattern = (problem: string): string => `Not a regular expression (${problem}).`;

// What a screen reader says of a row begins with the words that are seen in it, for whoever speaks to the page.

/** `cnn/a 0.12 3 alerts, pinned` */
export const runLabel = (name: string, value: string, alerts: number, isPinned: boolean): string =>
  [isolated(name), value, alerts > 0 ? alertsTitle(alerts) : ""].filter((part) => part !== "").join(" ") +
  (isPinned ? ", pinned" : "");

export const groupLabel = (name: string, share: string): string => `${isolated(name)} ${share} shown`;

export const tagGroupLabel = (name: string, count: number): string => `${isolated(name)} ${count} tags`;

/** `loss 0.12 nats 1k pts, last value of cnn/a` */
export const tagLabel = (tag: string, value: string, points: string, run: string): string =>
  `${isolated(tag)} ${value} ${points}, last value of ${isolated(run)}`;

export const lastValueOf = (value: string, run: string): string => `${value}: last value of ${isolated(run)}`;

export const alertsTitle = (count: number): string => (count === 1 ? "1 alert" : `${count} alerts`);

/** `3 alerts in all tags` */
export const alertsInAll = (count: number): string => `${alertsTitle(count)} in all tags`;

export const colourTitle = (run: string): string => `Colour of ${isolated(run)}`;

export const colourName = (colour: string): string => `Colour ${colour}`;
