// Only what is drawn here. `strict`: without code that is compiled in the browser, which a content security policy
// may forbid.
import bar from "plotly.js/lib/bar";
import barpolar from "plotly.js/lib/barpolar";
import contour from "plotly.js/lib/contour";
import core from "plotly.js/lib/core";
import heatmap from "plotly.js/lib/heatmap";
import isosurface from "plotly.js/lib/isosurface";
import mesh3d from "plotly.js/lib/mesh3d";
import scatter3d from "plotly.js/lib/scatter3d";
import scatterpolar from "plotly.js/lib/scatterpolar";
import surface from "plotly.js/lib/surface";
import parcoords from "plotly.js/src/traces/parcoords/strict";
import type { Plotly } from "./plotly.ts";

core.register([
  bar,
  barpolar,
  contour,
  heatmap,
  isosurface,
  mesh3d,
  parcoords,
  scatter3d,
  scatterpolar,
  surface,
]);

export const plotly: Plotly = core;
