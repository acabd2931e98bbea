import { CANDLE_COLUMNS, type Candles } from "../../api/types.ts";
import { overlaps, type Range } from "../../base/axis.ts";
import { formatWidth } from "../../base/format.ts";
import { STRINGS } from "../../base/strings.ts";
import type { Table } from "../../base/table.ts";
import { PICTURE_AXES, PICTURE_CLOCK, pictureTitle } from "../../base/words/pictures.ts";
import { type Picture, toPng, toSvg } from "../../chart/picture.ts";
import { drawPortrait, type Portrait, portraitSize } from "../../chart/portrait.ts";
import type { Offer } from "../widget.ts";
import type { CandleModel } from "./model.ts";

/** What a candle widget hands out once it has drawn something: the candles in view, and pictures of them. */
export function offerOf(model: CandleModel, tag: string): Offer {
  const shown = (): readonly [Picture, Portrait] => {
    const portrait = model.portrait();
    if (portrait === null) throw new Error("nothing is drawn");
    return [pictureOf(model, portrait, tag), portrait];
  };
  return {
    table: () => tableOf(model.frame.value?.candles ?? [], model.painted.value?.view ?? null),
    async png() {
      const [picture, portrait] = shown();
      return toPng(picture, (ink) => drawPortrait(ink, portrait));
    },
    svg() {
      const [picture, portrait] = shown();
      return toSvg(picture, (ink) => drawPortrait(ink, portrait));
    },
  };
}

function pictureOf(model: CandleModel, portrait: Portrait, tag: string): Picture {
  const { axis, width, clockStart, theme } = portrait;
  const focus = model.focus.value;
  const units = width === 1 ? STRINGS.widthUnit[axis] : STRINGS.widthUnits[axis];
  const across = axis === "seconds" ? formatWidth(axis, width) : `${formatWidth(axis, width)} ${units}`;
  return {
    title: pictureTitle(tag, focus?.run ?? "", across),
    legend: model.runs.value.map(({ candles, colour }) => ({ name: candles.run, colour })),
    placeTitle: clockStart === null ? PICTURE_AXES[axis] : PICTURE_CLOCK,
    valueTitle: focus?.unit ?? "",
    ...portraitSize(portrait),
    theme,
  };
}

/** Every column of the candles in view, run by run, with their indicators. */
export function tableOf(all: readonly Candles[], view: Range | null): Table {
  const parts = all.map((candles) => ({ candles, rows: rowsIn(candles, view) }));
  const column = (pick: (candles: Candles) => Float64Array | undefined): Float64Array =>
    Float64Array.from(
      parts.flatMap(({ candles, rows }) => {
        const values = pick(candles);
        return rows.map((row) => values?.[row] ?? Number.NaN);
      }),
    );
  const indicators = new Set(all.flatMap(({ indicators }) => [...(indicators?.keys() ?? [])]));
  return {
    columns: [
      { name: "run", values: parts.flatMap(({ candles, rows }) => rows.map(() => candles.run)) },
      ...CANDLE_COLUMNS.map((name) => ({ name, values: column(({ columns }) => columns[name]) })),
      ...[...indicators].map((name) => ({
        name,
        values: column((candles) => candles.indicators?.get(name)),
      })),
    ],
  };
}

/** Candles that reach into the view. */
function rowsIn({ columns, width }: Candles, view: Range | null): number[] {
  const rows = [...columns.x.keys()];
  if (view === null) return rows;
  return rows.filter((row) => {
    const from = columns.x[row] ?? Number.NaN;
    return overlaps({ from, to: from + width }, view);
  });
}
