import { CHART_THEMES, type ThemeName } from "../../chart/theme.ts";
import type { ColourScale } from "./figure.ts";

/** What a figure may need to know of where it is drawn; axes, fonts and backgrounds come by themselves. */
export interface PlotTheme {
  readonly text: string;
  readonly soft: string;
  readonly grid: string;
  readonly border: string;
  readonly background: string;
  readonly accent: string;
  readonly better: string;
  readonly worse: string;
  /** From little to much, even to the eye, and read by who sees no red or green. */
  readonly sequential: ColourScale;
  /** The same for lines and small marks, each end of which stands out from the background. */
  readonly inked: ColourScale;
  /** From blue over the background to red: its middle means nothing, give it ends that are alike. */
  readonly diverging: ColourScale;
  readonly isDark: boolean;
  /** Drawn for a file: on white, with letters that stay legible when it is made small. */
  readonly isPaper: boolean;
}

const LIGHT_DIVERGING: ColourScale = [
  [0, "#2166ac"],
  [0.25, "#67a9cf"],
  [0.5, "#f7f7f7"],
  [0.75, "#ef8a62"],
  [1, "#b2182b"],
];

const DARK_DIVERGING: ColourScale = [
  [0, "#6cb0f5"],
  [0.25, "#30648f"],
  [0.5, "#20242f"],
  [0.75, "#94443a"],
  [1, "#f98a76"],
];

const LIGHT_INKED: ColourScale = [
  [0, "#2a1a8f"],
  [0.5, "#ad2f82"],
  [1, "#c85f00"],
];

const DARK_INKED: ColourScale = [
  [0, "#7aa2ff"],
  [0.5, "#d77fd0"],
  [1, "#ffc35a"],
];

/** The tab's colours for plots. */
export function plotTheme(name: ThemeName): PlotTheme {
  const { background, text, title, grid, border, candle } = CHART_THEMES[name];
  const isDark = name.startsWith("dark");
  return {
    text: title,
    soft: text,
    grid,
    border,
    background,
    accent: isDark ? "#8ab0ff" : "#2459c9",
    better: candle.better,
    worse: candle.worse,
    sequential: "Viridis",
    inked: isDark ? DARK_INKED : LIGHT_INKED,
    diverging: isDark ? DARK_DIVERGING : LIGHT_DIVERGING,
    isDark,
    isPaper: false,
  };
}

/** For files, whatever the tab looks like. */
export const paperTheme = (name: ThemeName): PlotTheme => ({
  ...plotTheme(name.endsWith("-safe") ? "light-safe" : "light"),
  text: "#000000",
  soft: "#222222",
  isPaper: true,
});
