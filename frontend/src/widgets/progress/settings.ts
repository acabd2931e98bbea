/** Nothing of it can be set: it shows the checked runs. */
export type ProgressSettings = Readonly<Record<string, never>>;

export const readSettings = (): ProgressSettings => ({});
