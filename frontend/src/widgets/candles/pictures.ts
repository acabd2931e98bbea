import { formatWidth } from "../../base/format.ts";
import { isNeutral } from "../../base/polarity.ts";
import { legend, STRINGS, volumeTitle } from "../../base/strings.ts";
import { neutralLegend } from "../../base/words/candleChart.ts";
import { PICTURE_AXES, PICTURE_CLOCK, pictureTitle } from "../../base/words/pictures.ts";
import type { Ink } from "../../chart/ink.ts";
import { type LegendEntry, type Picture, toPng, toSvg } from "../../chart/picture.ts";
import { drawPortrait, type Portrait, portraitSize } from "../../chart/portrait.ts";
import type { CandleInputs, CandleModel } from "./model.ts";

/** Pictures of what is drawn at the time that one is asked for. */
export function picturesOf(model: CandleModel, inputs: CandleInputs, tag: string) {
  const shown = (): readonly [Picture, (ink: Ink) => void] => {
    const portrait = model.portrait();
    if (portrait === null) throw new Error("nothing is drawn");
    const keys = [...runKeys(model), ...overlayKeys(inputs), ...bodyKeys(inputs, portrait)];
    const names = paneNames(model, inputs);
    return [
      { ...pictureOf(model, portrait, tag), legend: keys },
      (ink) => drawPortrait(ink, portrait, names),
    ];
  };
  return { png: (): Promise<Blob> => toPng(...shown()), svg: () => toSvg(...shown()) };
}

const runKeys = (model: CandleModel): LegendEntry[] =>
  model.runs.value.map(({ candles, colour }) => ({ name: candles.run, colour }));

function overlayKeys({ extras, settings }: CandleInputs): LegendEntry[] {
  if (settings.value.mode === "each") return [];
  const shown = extras.chosen.value.filter((one) => one.info.place === "overlay" && !extras.isHidden(one));
  return shown.map(({ text, label }) => ({ name: label, colour: extras.colours.value.get(text) ?? "" }));
}

/** What filled and hollow mean, where there are candles. */
function bodyKeys({ series, settings }: CandleInputs, { theme }: Portrait): LegendEntry[] {
  const { mode, style } = settings.value;
  const [focus] = series.value;
  if (focus === undefined || style === "line" || style === "bars") return [];
  const neutral = isNeutral(focus.tag);
  const words = neutral ? neutralLegend(focus.tag) : legend(focus.tag, focus.polarity, null);
  const { worse, better } =
    neutral || mode === "side" ? { worse: theme.text, better: theme.text } : theme.candle;
  return [
    { name: words.worse.short, colour: worse, body: "filled" },
    { name: words.better.short, colour: better, body: "hollow" },
  ];
}

/** Of the volume and of indicators, by their places among the panes. */
function paneNames(model: CandleModel, { extras }: CandleInputs): ReadonlyMap<number, string> {
  const [focus, painted] = [model.focus.value, model.painted.value];
  if (focus === null || painted === null) return new Map();
  if (model.hasPanePerRun.value) return new Map(model.runs.value.map(({ candles }, i) => [i, candles.run]));
  const indicators = extras.chosen.value.flatMap(({ text, label }): [number, string][] => {
    const pane = painted.indicatorPanes.get(text);
    return pane === undefined ? [] : [[pane, label]];
  });
  return new Map([[1, volumeTitle(focus.volume)], ...indicators]);
}

function pictureOf(model: CandleModel, portrait: Portrait, tag: string): Omit<Picture, "legend"> {
  const { axis, width, clockStart, theme } = portrait;
  const focus = model.focus.value;
  const units = width === 1 ? STRINGS.widthUnit[axis] : STRINGS.widthUnits[axis];
  const across = axis === "seconds" ? formatWidth(axis, width) : `${formatWidth(axis, width)} ${units}`;
  return {
    title: pictureTitle(tag, focus?.run ?? "", across),
    placeTitle: clockStart === null ? PICTURE_AXES[axis] : PICTURE_CLOCK,
    valueTitle: focus?.unit ?? "",
    ...portraitSize(portrait),
    theme,
  };
}
