import type { Entry } from "../../base/words/glossary/index.ts";
import { GLOSSARY_WORDS } from "../../base/words/glossary/words.ts";

/** What a word means, in general and in training, and what to do. */
export const Explanation = ({ entry }: { readonly entry: Entry }) => (
  <>
    <p>{entry.what}</p>
    <p>
      <b>{GLOSSARY_WORDS.inTraining}:</b> {entry.training}
    </p>
    <p>
      <b>{GLOSSARY_WORDS.whenBad}:</b> {entry.remedy}
    </p>
  </>
);
