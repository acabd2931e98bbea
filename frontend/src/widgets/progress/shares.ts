import type { Training, TrainingProgress } from "../../api/control.ts";
import type { Table } from "../../base/table.ts";

const between = (share: number): number => Math.min(1, Math.max(0, share));

/** How much of all epochs is done; null where nobody said how many there are. */
export function wholeShare({ epochsDone, epochs }: TrainingProgress): number | null {
  if (!Number.isFinite(epochsDone) || !(epochs > 0)) return null;
  return between(epochsDone / epochs);
}

/** How much of the epoch is done; null where nobody said how many batches it has. */
export function epochShare({ batch, batches }: TrainingProgress): number | null {
  return Number.isFinite(batch) && batches > 0 ? between(batch / batches) : null;
}

/** Hundreds are done, and not nearly. */
export const hundredths = (share: number): number => Math.floor(share * 100 + 1e-9);

/** `46 %` */
export const percent = (share: number): string => `${hundredths(share)} %`;

/** `2.04`, and 10.00 only at the end of the tenth. */
export const epochsOf = (done: number): string => (hundredths(done) / 100).toFixed(2);

/** All that is known of how far they are. */
export function tableOf(trainings: readonly Training[]): Table {
  const column = (name: string, pick: (progress: TrainingProgress) => number) => ({
    name,
    values: Float64Array.from(trainings, ({ status }) => (status ? pick(status.progress) : Number.NaN)),
  });
  return {
    columns: [
      { name: "run", values: trainings.map(({ run }) => run) },
      { name: "state", values: trainings.map(({ state }) => state) },
      column("step", ({ step }) => step),
      column("epoch", ({ epoch }) => epoch),
      column("epochs", ({ epochs }) => epochs),
      column("epochs_done", (progress) => progress.epochsDone),
      column("batch", ({ batch }) => batch),
      column("batches", ({ batches }) => batches),
      column("batches_per_sec", (progress) => progress.batchesPerSec),
      column("remaining_secs", (progress) => progress.remainingSecs),
    ],
  };
}
