import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { formatInteger } from "../base/format.ts";
import { LINK } from "../base/words/dashboard.ts";
import { copyText } from "../widgets/clipboard.ts";
import { Dialog } from "./dialog.tsx";
import { hostAddress } from "./host.ts";
import { Icon } from "./icons.tsx";
import { linkTo } from "./link.ts";
import type { DashboardState } from "./state.ts";

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
      {shown.value !== null && (
        <Dialog title={LINK.copyYourself} testId="link-dialog" close={() => (shown.value = null)}>
          <LinkField link={shown.value} />
        </Dialog>
      )}
    </>
  );
}

function LinkField({ link }: { readonly link: string }) {
  const field = useRef<HTMLTextAreaElement>(null);
  useEffect(() => field.current?.select(), []);
  return (
    <>
      <p>{LINK.copyKeys}</p>
      <textarea
        class="link-field"
        ref={field}
        readOnly
        rows={6}
        aria-label={LINK.copyYourself}
        value={link}
      />
    </>
  );
}
