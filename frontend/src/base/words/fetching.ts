/** Words about parts of the tab that are fetched when they are first needed. */
export const FETCHING = {
  failed: "This part of the tab could not be fetched.",
  reload: "Reload the tab",
} as const;
