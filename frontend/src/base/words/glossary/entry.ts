/** A word of the finance or training world, for who hears it for the first time. */
export interface Entry {
  readonly title: string;
  readonly what: string;
  /** What it means in a training. */
  readonly training: string;
  /** What to do when it looks bad. */
  readonly remedy: string;
}
