import { cutName } from "../base/cutName.ts";

interface RunNameProps {
  readonly run: string;
  /** What all the names beside it begin with too: it is only heard. */
  readonly common?: string;
}

/** A run's name of which the folder gives way first, and of its leaf all but the end, which tells names apart. */
export function RunName({ run, common = "" }: RunNameProps) {
  const leafAt = run.lastIndexOf("/") + 1;
  const commonEnd = run.startsWith(common) ? common.length : 0;
  const [head, tail] = cutName(run.slice(Math.max(commonEnd, leafAt)));
  return (
    <span class="run-name-parts">
      {commonEnd > 0 && <bdi class="unseen">{common}</bdi>}
      {leafAt > commonEnd && <bdi class="run-folder">{run.slice(commonEnd, leafAt)}</bdi>}
      <bdi class="run-leaf">
        <span class="name-head">{head}</span>
        {tail !== "" && <span class="name-tail">{tail}</span>}
      </bdi>
    </span>
  );
}
