import { COMPARISON, comparisonTitle } from "../../base/words/comparison.ts";
import { drawGroups, type GroupScene } from "../../chart/groupScene.ts";
import { PLACE_AXIS_PX, VALUE_AXIS_PX } from "../../chart/lineScene.ts";
import { type Picture, toPng, toSvg } from "../../chart/picture.ts";
import type { Offer } from "../widget.ts";
import { tableOf } from "./columns.ts";
import type { ComparisonModel } from "./model.ts";

/** The table, and where runs are grouped a picture of the groups. */
export function offerOf(model: ComparisonModel, scene: GroupScene | null): Offer | null {
  const [rows, order] = [model.rows.value, model.order.value];
  if (rows === null) return null;
  const table = () => tableOf(rows, order);
  if (scene === null) return { table };
  const picture = pictureOf(scene, comparisonTitle(rows.tag), rows.unit ?? "");
  return {
    table,
    png: () => toPng(picture, (ink) => drawGroups(ink, scene)),
    svg: () => toSvg(picture, (ink) => drawGroups(ink, scene)),
  };
}

const pictureOf = ({ series, geometry, theme }: GroupScene, title: string, valueTitle: string): Picture => ({
  title,
  legend: series.map(({ name, colour }) => ({ name, colour })),
  placeTitle: COMPARISON.step,
  valueTitle,
  width: geometry.width + VALUE_AXIS_PX,
  height: geometry.height + PLACE_AXIS_PX,
  theme,
});
