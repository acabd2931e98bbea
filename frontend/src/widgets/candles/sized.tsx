import type { SizedWords } from "../../base/strings.ts";

/** The longer of two wordings where there is room for it; the style sheet decides. */
export const Sized = ({ words }: { readonly words: SizedWords }) => (
  <>
    <span class="long">{words.long}</span>
    <span class="short">{words.short}</span>
  </>
);
