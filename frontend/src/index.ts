import { h, render as mount } from "preact";
import { STRINGS } from "./base/strings.ts";
import { App } from "./shell/app.tsx";
import { AppState } from "./shell/state.ts";
import styles from "./shell/style.css?inline";

// The bundle lies in `static/`, one below the plugin's routes, whatever the prefix before both.
const BUNDLE = import.meta.url;

/** Called by TensorBoard once the tab is opened, inside its own empty frame. */
export function render(): void {
  const sheet = document.createElement("style");
  sheet.textContent = styles;
  document.head.append(sheet);
  document.documentElement.lang = "en";
  document.title = STRINGS.product;
  const root = document.createElement("div");
  root.id = "candles";
  document.body.append(root);
  const state = new AppState(new URL("../", BUNDLE));
  mount(h(App, { state }), root);
  state.start();
}
