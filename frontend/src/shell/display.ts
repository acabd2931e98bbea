import { computed, type ReadonlySignal } from "@preact/signals";
import { COLOUR_SCHEMES, type ColourScheme } from "../base/colour.ts";
import type { Brightness, ThemeName } from "../chart/theme.ts";
import { asOneOf, kept } from "./storage.ts";
import { followTheme } from "./theme.ts";

export const THEME_CHOICES = ["follow", "light", "dark"] as const;

export type ThemeChoice = (typeof THEME_CHOICES)[number];

/** How a person wants the tab to look, in every tab of the browser. */
export class Display {
  readonly themeChoice = kept("localStorage", "theme", asOneOf<ThemeChoice>(THEME_CHOICES, "follow"));
  readonly scheme = kept("localStorage", "colours", asOneOf<ColourScheme>(COLOUR_SCHEMES, "default"));
  readonly brightness: ReadonlySignal<Brightness>;
  readonly theme: ReadonlySignal<ThemeName>;

  constructor() {
    const followed = followTheme();
    this.brightness = computed(() => {
      const chosen = this.themeChoice.value;
      return chosen === "follow" ? followed.value : chosen;
    });
    this.theme = computed(() =>
      this.scheme.value === "safe" ? (`${this.brightness.value}-safe` as const) : this.brightness.value,
    );
  }
}
