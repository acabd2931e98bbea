import type { Signal } from "@preact/signals";
import { isRecord } from "../api/json.ts";
import { isNear, type Range } from "../base/axis.ts";

/** Where a person left a widget's axis, in the unit of that axis. */
export interface KeptView extends Range {
  readonly axis: string;
}

interface WithView {
  readonly axis: string;
  /** Null: all that there is, also as it grows. */
  readonly view: KeptView | null;
}

/** A view from what was stored; null where it is none. */
export function readView(stored: unknown): KeptView | null {
  if (!isRecord(stored)) return null;
  const { axis, from, to } = stored;
  if (typeof axis !== "string" || typeof from !== "number" || typeof to !== "number") return null;
  return Number.isFinite(from) && Number.isFinite(to) && from < to ? { axis, from, to } : null;
}

/** The view to begin with; a place on another axis is none on this one. */
export const firstView = ({ axis, view }: WithView): Range | null => (view?.axis === axis ? view : null);

export function keepView<Settings extends WithView>(settings: Signal<Settings>, view: Range | null): void {
  const { axis, view: before } = settings.peek();
  const isSame = view === null ? before === null : before?.axis === axis && isNear(before, view);
  if (!isSame) settings.value = { ...settings.peek(), view: view && { axis, from: view.from, to: view.to } };
}
