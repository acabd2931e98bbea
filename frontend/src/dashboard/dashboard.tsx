import { type Signal, useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { WIDGETS } from "../widgets/registry.ts";
import type { Offer, Stored } from "../widgets/widget.ts";
import type { Workspace } from "../widgets/workspace.ts";

interface DashboardProps {
  readonly workspace: Workspace;
  readonly stored: Signal<Stored>;
  /** Stands at the begin of the first widget's head. */
  readonly lead: ComponentChildren;
}

/** The widgets of the tab. */
export function Dashboard({ workspace, stored, lead }: DashboardProps) {
  const title = useSignal("");
  const offer = useSignal<Offer | null>(null);
  const [kind] = WIDGETS;
  if (!kind) return null;
  const frame = { id: "first", title, offer, handle: lead, menu: null };
  return <kind.Draw workspace={workspace} stored={stored} frame={frame} />;
}
