import { useEffect, useRef } from "preact/hooks";
import { LINK } from "../base/words/dashboard.ts";
import { Dialog } from "../widgets/dialog.tsx";

interface LinkDialogProps {
  readonly link: string;
  readonly close: () => void;
}

/** A link to be copied by hand. */
export const LinkDialog = ({ link, close }: LinkDialogProps) => (
  <Dialog title={LINK.copyYourself} testId="link-dialog" close={close}>
    <LinkField link={link} />
  </Dialog>
);

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
