/** Words of the dashboard: the grid, its tabs, layouts, links and exports. */

import { isolated } from "../bidi.ts";

/** A value as it was found in a layout, short enough for a sentence. */
const got = (value: unknown): string => isolated((JSON.stringify(value) ?? "nothing").slice(0, 60));

export const LAYOUT_ERRORS = {
  notJson: "It is not JSON.",
  notALayout: "It is not a dashboard of this tab.",
  version: (version: string, known: number): string =>
    `It is of version ${isolated(version.slice(0, 20))}; this tab reads version ${known}.`,
  noTabs: "It has no tabs.",
  full: (what: string, most: number): string => `A dashboard has at most ${most} ${what}.`,
  tooMany: (what: string, most: number): string => `It has more than ${most} ${what}.`,
  wrong: (where: string, wanted: string, value: unknown): string =>
    `${where} must be ${wanted}, got ${got(value)}.`,
  object: "an object",
  text: "a text",
  whole: (least: number, most: number): string => `a whole number from ${least} to ${most}`,
  link: "It is damaged, or not all of it was copied.",
  tooBig: "It is too big.",
} as const;

export const DASHBOARD = {
  label: "Dashboard",
  tabs: "Tabs of the dashboard",
  addTab: "Add a tab",
  newTab: "New tab",
  closeTab: (name: string): string => `Close tab ${isolated(name)}`,
  tabHint: "F2 or double click renames, Shift with an arrow key moves, Delete closes.",
  tabName: "Name of the tab",
  tabMoved: (name: string, at: number, of: number): string => `${isolated(name)}: tab ${at} of ${of}.`,
  tabRemoved: (name: string): string => `Tab ${isolated(name)} removed.`,
  addWidget: "Widget",
  addWidgetLong: "Add a widget",
  added: (title: string): string => `${isolated(title)} added.`,
  emptyTab: "Nothing here yet.",
  unknownKind: "This widget is of a kind that this version does not know:",
  unknownHint: "It is kept as it is, and shown again where its kind is known.",
  waiting: "Shown when it is scrolled to",
} as const;

export const MOVING = {
  handle: (title: string): string => `Move or resize ${isolated(title)}`,
  hint: "Drag to move. Or press Enter, then arrow keys; Shift with an arrow key resizes.",
  grabbed: (title: string): string =>
    `${isolated(title)} grabbed. Arrow keys move it, Shift with arrow keys resizes it, Enter drops it, Escape puts it back.`,
  moved: (column: number, row: number): string => `Column ${column}, row ${row}.`,
  resized: (columns: number, rows: number): string => `${columns} columns wide, ${rows} rows tall.`,
  stuck: "It can't go further that way.",
  dropped: (column: number, row: number): string => `Dropped at column ${column}, row ${row}.`,
  givenUp: "Put back where it was.",
} as const;

export const WIDGET_MENU = {
  button: (title: string): string => `Menu of ${isolated(title)}`,
  fullScreen: "Full screen",
  leaveFullScreen: "Leave full screen",
  duplicate: "Duplicate",
  png: "Save as PNG",
  svg: "Save as SVG",
  csv: "Save data as CSV",
  json: "Save data as JSON",
  showTable: "Show data as table",
  hideTable: "Hide table",
  remove: "Remove",
  removed: (title: string): string => `${isolated(title)} removed.`,
  failed: (title: string, why: string): string => `${isolated(title)} could not be saved: ${isolated(why)}`,
} as const;

export const DATA_TABLE = {
  caption: (title: string): string => `Data of ${isolated(title)}`,
  cut: (shown: string, all: string): string =>
    `(the first ${shown} of ${all} rows; the CSV holds all of them)`,
  none: "There are no data to show.",
} as const;

export const LAYOUTS = {
  button: "Layouts",
  defaults: "Ready-made",
  own: "My layouts",
  oneRun: "One run",
  compare: "Compare",
  manyRuns: "Many runs",
  twoModels: "Two models",
  live: "Live",
  saveAs: "Save as…",
  saveTitle: "Save this dashboard as a layout",
  name: "Name",
  save: "Save",
  cancel: "Cancel",
  saved: (name: string): string => `Saved as ${isolated(name)}.`,
  notSaved: "This browser does not let the tab store anything. Export the dashboard to a file instead.",
  forget: (name: string): string => `Delete layout ${isolated(name)}`,
  forgotten: (name: string): string => `Layout ${isolated(name)} deleted.`,
  exported: "Export to a file",
  imported: "Import from a file…",
  reset: "Reset",
  applied: (name: string): string => `Layout ${isolated(name)} applied.`,
  wasReset: "The dashboard is as on the first visit.",
  importedFrom: (file: string): string => `Imported ${isolated(file)}.`,
  notImported: (file: string, why: string): string =>
    `${isolated(file)} was not imported, nothing has changed. ${why}`,
  unreadable: (why: string): string =>
    `The saved dashboard can't be read; it is set aside, and this is the one of a first visit. ${why}`,
  elsewhere: "Another window of this browser saved a different dashboard.",
  loadIt: "Load it",
  keepMine: "Keep mine",
  fileName: "dashboard",
} as const;

export const LINK = {
  copy: "Copy link",
  hint: "A link that opens this very view",
  copied: "Link copied.",
  copiedLong: (characters: string): string =>
    `Link copied. It has ${characters} characters, which some programs cut off.`,
  copyYourself: "Copy this link",
  copyKeys: "The browser does not let this page copy by itself. Press Ctrl+C or ⌘C.",
  opened: "Opened from a link; your own dashboard is untouched.",
  keep: "Keep this one",
  back: "Back to mine",
  broken: (why: string): string => `The link can't be opened; this is your own dashboard. ${why}`,
} as const;

export const UNDO = { label: "Undo", keys: "Ctrl+Z, ⌘Z" } as const;
