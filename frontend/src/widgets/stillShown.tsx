import type { Series } from "../api/types.ts";
import type { Axis, LineAxis } from "../base/axis.ts";
import { seriesTitle } from "../base/strings.ts";
import { candlesOf, STILL_SHOWN } from "../base/words/stillShown.ts";
import type { Plan } from "../data/level.ts";

/** What a chart holds or what is asked of it: its first series, and how that is cut. */
interface Shown<Cut> {
  readonly focus: Series | undefined;
  readonly cut: Cut;
}

interface AskedCut {
  readonly axis: Axis;
  readonly width: number | "auto";
}

/** What candles are still on screen in place of those that were asked for; null: they are the same ones. */
export function oldCandles({ focus, cut }: Shown<Plan>, asked: Shown<AskedCut>): string | null {
  if (!focus || !asked.focus) return null;
  const { axis, width } = asked.cut;
  const isCutSo = width === "auto" || cut.width === width || cut.refusedWidth === width;
  if (isSame(focus, asked.focus) && cut.axis === axis && isCutSo) return null;
  return `${seriesTitle(focus.run, focus.tag)}, ${candlesOf(cut.axis, cut.width)}`;
}

/** What lines are still on screen in place of those that were asked for; null: they are the same ones. */
export function oldLines({ focus, cut }: Shown<LineAxis>, asked: Shown<LineAxis>): string | null {
  if (!focus || !asked.focus) return null;
  if (isSame(focus, asked.focus) && cut === asked.cut) return null;
  return seriesTitle(focus.run, focus.tag);
}

const isSame = (a: Series, b: Series): boolean => a.run === b.run && a.tag === b.tag;

/** For the element that holds a chart with its numbers: fades them once an answer is not there at once. */
export const fadedIf = (old: string | null): string => (old === null ? "" : " outdated");

/** Says over a faded chart what is drawn in it. */
export function StillShown({ old }: { readonly old: string | null }) {
  if (old === null) return null;
  return (
    <p class="still-shown" data-testid="still-shown">
      {STILL_SHOWN.before}
      <bdi>{old}</bdi>
    </p>
  );
}
