/** There is nothing to set: it shows the checked runs. */
export type ComplexitySettings = Readonly<Record<string, never>>;

export const readSettings = (): ComplexitySettings => ({});
