import { cutName } from "../base/cutName.ts";
import { shownName } from "../base/strings.ts";

/** A name whose end stays in sight where there is no room for all of it, for names of one kind differ there. */
export function Name({ text }: { readonly text: string }) {
  const [head, tail] = cutName(shownName(text));
  return (
    <bdi class="name">
      <span class="head">{head}</span>
      {tail !== "" && <span class="tail">{tail}</span>}
    </bdi>
  );
}
