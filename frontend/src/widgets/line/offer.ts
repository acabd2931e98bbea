import type { Points } from "../../api/points.ts";
import type { Range } from "../../base/axis.ts";
import type { Table } from "../../base/table.ts";
import { LINE, smoothedBy } from "../../base/words/line.ts";
import { rowFrom } from "../../chart/lineGeometry.ts";
import { drawScene, type LineScene, PLACE_AXIS_PX, VALUE_AXIS_PX } from "../../chart/lineScene.ts";
import { type Picture, PNG_RATIO, toPng, toSvg } from "../../chart/picture.ts";
import type { Offer } from "../widget.ts";
import type { HeldLine, LineModel } from "./model.ts";

/** What a line widget hands out once it has drawn something: the points in view, and pictures of them. */
export function offerOf(model: LineModel, tag: string): Offer {
  return {
    table: () => tableOf(model.lines.value, model.painted.value?.geometry.view ?? null),
    ...picturesOf(
      () => model.scene(),
      () => {
        const smooth = model.held.value?.plan.smooth ?? 0;
        return {
          title: smooth > 0 ? `${tag} (${smoothedBy(smooth)})` : tag,
          valueTitle: model.lines.value[0]?.points.unit ?? "",
        };
      },
    ),
  };
}

/** Pictures of a chart of lines, as it is when they are asked for. */
export function picturesOf(
  sceneNow: () => LineScene | null,
  titles: () => Pick<Picture, "title" | "valueTitle">,
): Required<Pick<Offer, "png" | "svg">> {
  const shown = (): readonly [Picture, LineScene] => {
    const scene = sceneNow();
    if (scene === null) throw new Error("nothing is drawn");
    return [{ ...pictureOf(scene), ...titles() }, scene];
  };
  return {
    async png() {
      const [picture, scene] = shown();
      return toPng(picture, (ink) => drawScene(ink, finer(scene)));
    },
    svg() {
      const [picture, scene] = shown();
      return toSvg(picture, (ink) => drawScene(ink, scene));
    },
  };
}

/** As on a screen with as many pixels as the picture has. */
const finer = (scene: LineScene): LineScene => ({
  ...scene,
  geometry: { ...scene.geometry, ratio: PNG_RATIO },
});

const pictureOf = ({ axis, series, geometry, theme }: LineScene) => ({
  legend: series.map(({ run, colour }) => ({ name: run, colour })),
  placeTitle: LINE.axisTitles[axis],
  width: geometry.width + VALUE_AXIS_PX,
  height: geometry.height + PLACE_AXIS_PX,
  theme,
});

/** The held points in view, run by run. */
export function tableOf(lines: readonly HeldLine[], view: Range | null): Table {
  const parts = lines.map((line) => {
    const { place, points } = line;
    const [from, to] = view ? [rowFrom(place, view.from), rowFrom(place, view.to)] : [0, place.length];
    return { run: line.run, points, from, to };
  });
  const column = (pick: (points: Points) => Float64Array | null): number[] =>
    parts.flatMap(({ points, from, to }) =>
      Array.from(pick(points)?.subarray(from, to) ?? new Float64Array(to - from).fill(Number.NaN)),
    );
  const hasSmoothed = parts.some(({ points }) => points.smoothed !== null);
  return {
    columns: [
      { name: "run", values: parts.flatMap(({ run, from, to }) => new Array<string>(to - from).fill(run)) },
      { name: "step", values: column(({ step }) => step) },
      { name: "epoch", values: column(({ epoch }) => epoch) },
      { name: "wall_time", values: column(({ wallTime }) => wallTime) },
      { name: "value", values: column(({ value }) => value) },
      ...(hasSmoothed ? [{ name: "smoothed", values: column(({ smoothed }) => smoothed) }] : []),
    ],
  };
}
