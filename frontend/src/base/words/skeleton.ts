/** Words of the skeleton, the widget that new ones are copied from. */
export const SKELETON = {
  title: "Last values",
  hint: "The last value of each checked run.",
  sort: "Best first",
  none: "No checked run has this tag.",
} as const;

/** `Last values of train/loss` */
export const lastValuesOf = (tag: string): string => `${SKELETON.title} of ${tag}`;
