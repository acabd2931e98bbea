import { useSignal } from "@preact/signals";
import { formatInteger } from "../base/format.ts";
import { LINK } from "../base/words/dashboard.ts";
import { copyText } from "../widgets/clipboard.ts";
import { fetched } from "../widgets/fetched.tsx";
import { hostAddress } from "./host.ts";
import { Icon } from "./icons.tsx";
import { linkTo } from "./link.ts";
import type { DashboardState } from "./state.ts";

const LinkDialog = fetched(async () => (await import("./linkDialog.tsx")).LinkDialog);

// Some chat programs and mail clients cut longer addresses.
const LONG_LINK = 8000;

/** Copies a link to this very view; shows it to be copied by hand where the browser forbids that. */
export function CopyLink({ state }: { readonly state: DashboardState }) {
  const shown = useSignal<string | null>(null);
  const copy = async () => {
    const link = linkTo(hostAddress(), await state.packed());
    if (await copyText(link)) {
      state.tell(link.length > LONG_LINK ? LINK.copiedLong(formatInteger(link.length)) : LINK.copied);
    } else shown.value = link;
  };
  return (
    <>
      <button
        type="button"
        class="bar-button"
        title={LINK.hint}
        data-testid="copy-link"
        onClick={() => void copy()}
      >
        <Icon name="link" />
        <span class="bar-word">{LINK.copy}</span>
      </button>
      {shown.value !== null && <LinkDialog link={shown.value} close={() => (shown.value = null)} />}
    </>
  );
}
