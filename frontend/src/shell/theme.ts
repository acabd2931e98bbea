import { type ReadonlySignal, signal } from "@preact/signals";
import type { Brightness } from "../chart/theme.ts";

// TensorBoard sets this on its body; nothing else of its theme reaches a plugin.
const HOST_DARK_CLASS = "dark-mode";

/** TensorBoard's body, where this frame may look at it. */
function hostBody(): HTMLElement | null {
  try {
    return window.parent === window ? null : window.parent.document.body;
  } catch {
    return null;
  }
}

/** The host's theme while it can be seen, else the system's; follows both as they change. */
export function followTheme(): ReadonlySignal<Brightness> {
  const system = window.matchMedia("(prefers-color-scheme: dark)");
  const body = hostBody();
  const isDark = () => (body ? body.classList.contains(HOST_DARK_CLASS) : system.matches);
  const theme = signal<Brightness>(isDark() ? "dark" : "light");
  const update = () => {
    theme.value = isDark() ? "dark" : "light";
  };
  if (body) new MutationObserver(update).observe(body, { attributes: true, attributeFilter: ["class"] });
  else system.addEventListener("change", update);
  return theme;
}
