import { RIGHTS } from "../base/words/rights.ts";
import { Dialog } from "../widgets/dialog.tsx";
import type { Asking } from "./rights.ts";

/** Asks a person for the token that a change needs. */
export function TokenDialog({ asking }: { readonly asking: Asking }) {
  const { trouble, answer } = asking;
  const give = (event: SubmitEvent) => {
    event.preventDefault();
    const token = new FormData(event.currentTarget as HTMLFormElement).get("token");
    if (typeof token === "string" && token.trim() !== "") answer(token.trim());
  };
  return (
    <Dialog title={RIGHTS.ask} testId="token-dialog" close={() => answer(null)}>
      <form class="save-form" onSubmit={give}>
        <p>{RIGHTS.words}</p>
        {trouble !== null && (
          <p class="form-problem" role="alert" data-testid="token-trouble">
            <bdi>{trouble}</bdi>
          </p>
        )}
        <label>
          {RIGHTS.token}
          <input
            // Where the dialog opens, and not on what closes it.
            autoFocus
            class="filter"
            type="password"
            name="token"
            required
            autoComplete="off"
            spellcheck={false}
            data-testid="token-field"
          />
        </label>
        <footer>
          <button type="button" class="plain" onClick={() => answer(null)}>
            {RIGHTS.cancel}
          </button>
          <button type="submit" class="plain primary" data-testid="token-give">
            {RIGHTS.give}
          </button>
        </footer>
      </form>
    </Dialog>
  );
}
