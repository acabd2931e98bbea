import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { STRINGS } from "../../base/strings.ts";
import { type Chapter, type Entry, search } from "../../base/words/glossary/index.ts";
import { GLOSSARY_WORDS } from "../../base/words/glossary/words.ts";
import { Explanation } from "./explanation.tsx";

interface GlossaryProps {
  /** The word to begin at; empty: the first. */
  readonly at: string;
  readonly close: () => void;
}

/** Every word that is explained, in a panel over the right edge; the charts stay in sight and in use. */
export function Glossary({ at, close }: GlossaryProps) {
  const query = useSignal("");
  const panel = useRef<HTMLElement>(null);
  useEffect(() => {
    query.value = "";
    panel.current?.querySelector<HTMLElement>("input")?.focus({ preventScroll: true });
  }, [at, query]);
  useEffect(() => {
    if (at !== "") panel.current?.querySelector(`[data-word="${CSS.escape(at)}"]`)?.scrollIntoView();
  }, [at]);
  const chapters = search(query.value);
  return (
    <section
      class="glossary"
      role="dialog"
      aria-label={GLOSSARY_WORDS.title}
      data-testid="glossary"
      ref={panel}
      onKeyDown={(event) => event.key === "Escape" && close()}
    >
      <header>
        <h2>{GLOSSARY_WORDS.title}</h2>
        <button type="button" class="icon" aria-label={STRINGS.close} onClick={close}>
          ×
        </button>
      </header>
      <input
        type="search"
        class="filter"
        placeholder={GLOSSARY_WORDS.search}
        aria-label={GLOSSARY_WORDS.search}
        value={query.value}
        onInput={(event) => {
          query.value = event.currentTarget.value;
        }}
      />
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys */}
      <section class="glossary-body" tabIndex={0} aria-label={GLOSSARY_WORDS.title}>
        {chapters.map((chapter) => (
          <ChapterOf key={chapter.title} chapter={chapter} at={at} />
        ))}
        {chapters.length === 0 && <p role="status">{GLOSSARY_WORDS.none}</p>}
      </section>
    </section>
  );
}

const ChapterOf = ({ chapter, at }: { readonly chapter: Chapter; readonly at: string }) => (
  <section>
    <h3>{chapter.title}</h3>
    {Object.entries(chapter.entries).map(([name, entry]) => (
      <Word key={name} name={name} entry={entry} isAt={name === at} />
    ))}
  </section>
);

const Word = ({ name, entry, isAt }: { name: string; entry: Entry; isAt: boolean }) => (
  <article data-word={name} class={isAt ? "word at" : "word"}>
    <h4>{entry.title}</h4>
    <Explanation entry={entry} />
  </article>
);
