import { viewIn, withoutView } from "./link.ts";

/** TensorBoard's own window, around the frame of this tab; this one where it may not be looked at. */
function host(): Window {
  try {
    void window.parent.location.hash;
    return window.parent;
  } catch {
    return window;
  }
}

export const hostAddress = (): string => host().location.href;

/** The packed view in TensorBoard's address, if it was opened by a link. */
export const openedView = (): string | null => viewIn(host().location.hash);

/** Takes the view out of TensorBoard's address, so that a reload does not open it again. */
export function forgetView(): void {
  const { history, location } = host();
  const address = new URL(location.href);
  address.hash = withoutView(location.hash);
  // TensorBoard keeps its own state beside the address.
  history.replaceState(history.state, "", address);
}

/** Calls back when a person opens another link in the same window; stops when the returned function is called. */
export function onOpenedView(opened: (packed: string) => void): () => void {
  const window = host();
  const changed = () => {
    const packed = viewIn(window.location.hash);
    if (packed !== null) opened(packed);
  };
  window.addEventListener("hashchange", changed);
  return () => window.removeEventListener("hashchange", changed);
}

/** The browser's storage, where it lets this page have it. */
export function localShelf(): Storage | null {
  try {
    return window.localStorage;
  } catch {
    return null;
  }
}

export function download(content: BlobPart, type: string, name: string): void {
  const address = URL.createObjectURL(new Blob([content], { type }));
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  // Browsers begin to read it only after this turn.
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
