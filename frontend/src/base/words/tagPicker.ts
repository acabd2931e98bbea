/** Words of the list that a widget's tag is picked from. */
export const TAG_PICKER = {
  change: "Pick what this widget shows",
  search: "Search tags (regex)",
  list: "Tags of the checked runs",
  follow: "Follow the sidebar",
  gone: "No checked run has this tag.",
} as const;

export const moreTags = (count: string): string => `${count} more: type to narrow them down.`;
