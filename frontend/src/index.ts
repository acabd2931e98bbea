import { h, render as mount } from "preact";
import { STRINGS } from "./base/strings.ts";
import { localShelf, openedView } from "./dashboard/host.ts";
import { Keeper } from "./dashboard/keep.ts";
import { DashboardState } from "./dashboard/state.ts";
import { App } from "./shell/app.tsx";
import { AppState } from "./shell/state.ts";
import styles from "./shell/style.css?inline";
import { WIDGETS } from "./widgets/registry.ts";

// The bundle lies in `static/`, one below the plugin's routes, whatever the prefix before both.
const BUNDLE = import.meta.url;

/** Called by TensorBoard once the tab is opened, inside its own empty frame. */
export async function render(): Promise<void> {
  const sheet = document.createElement("style");
  sheet.textContent = styles;
  document.head.append(sheet);
  document.documentElement.lang = "en";
  document.title = STRINGS.product;
  const root = document.createElement("div");
  root.id = "candles";
  document.body.append(root);
  const base = new URL("../", BUNDLE);
  const state = new AppState(base);
  const dashboard = new DashboardState(WIDGETS, new Keeper(localShelf(), base.pathname), state);
  const packed = openedView();
  if (packed !== null) await dashboard.open(packed);
  mount(h(App, { state, dashboard }), root);
  state.start();
}
