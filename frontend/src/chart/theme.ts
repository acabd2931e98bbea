import type { ColourScheme } from "../base/colour.ts";
import type { Direction } from "../base/polarity.ts";
import type { Severity } from "../base/severity.ts";

export type Brightness = "light" | "dark";

/** `-safe`: better and worse in colours for whoever does not tell red from green. */
export type ThemeName = Brightness | `${Brightness}-safe`;

export const schemeOf = (theme: ThemeName): ColourScheme => (theme.endsWith("-safe") ? "safe" : "default");

export const brightnessOf = (theme: ThemeName): Brightness => (theme.startsWith("dark") ? "dark" : "light");

/** Colours of what is painted on canvas; the chrome has its own, in CSS. */
export interface ChartTheme {
  readonly background: string;
  readonly text: string;
  /** Of what stands over a picture. */
  readonly title: string;
  readonly grid: string;
  readonly border: string;
  readonly crosshair: string;
  readonly crosshairLabel: string;
  readonly volume: string;
  readonly nonfinite: string;
  /** Levels that an indicator is compared with. */
  readonly level: string;
  readonly candle: Readonly<Record<Direction, string>>;
  /** Marks of alerts: what they are filled with, and the letter in them. */
  readonly alert: Readonly<Record<Severity, { readonly fill: string; readonly ink: string }>>;
}

const THEMES: Readonly<Record<Brightness, ChartTheme>> = {
  light: {
    background: "#ffffff",
    text: "#4b5565",
    title: "#1c2331",
    grid: "#eef0f4",
    border: "#d9dde5",
    crosshair: "#7b8496",
    crosshairLabel: "#3b4354",
    volume: "#b3bccb",
    nonfinite: "#b45309",
    level: "#8a93a5",
    candle: { better: "#0b8a6c", worse: "#d92d3f", same: "#3b4354" },
    alert: {
      critical: { fill: "#b4182b", ink: "#ffffff" },
      warning: { fill: "#9a5b00", ink: "#ffffff" },
      info: { fill: "#2459c9", ink: "#ffffff" },
    },
  },
  dark: {
    background: "#14171f",
    text: "#a7b0c0",
    title: "#e3e7ef",
    grid: "#1f2430",
    border: "#2c3342",
    crosshair: "#7b8496",
    crosshairLabel: "#3d475a",
    volume: "#465065",
    nonfinite: "#fbbf24",
    level: "#6b7690",
    candle: { better: "#2cc29b", worse: "#f4596a", same: "#d5dbe6" },
    alert: {
      critical: { fill: "#ff7a88", ink: "#1b0508" },
      warning: { fill: "#fbbf24", ink: "#1c1300" },
      info: { fill: "#8ab0ff", ink: "#08142e" },
    },
  },
};

export const CHART_THEMES: Readonly<Record<ThemeName, ChartTheme>> = {
  ...THEMES,
  "light-safe": { ...THEMES.light, candle: { better: "#0b62b3", worse: "#b85300", same: "#3b4354" } },
  "dark-safe": { ...THEMES.dark, candle: { better: "#5fb0f2", worse: "#f0a030", same: "#d5dbe6" } },
};
