import type { SourceAt } from "./sources.ts";

interface SourcePickerProps {
  readonly sources: readonly SourceAt[];
  /** Null: there is none. */
  readonly source: SourceAt | null;
  /** What is said where there is none. */
  readonly title: string;
  readonly label: string;
  readonly testId: string;
  /** How a tag is told; as it is, where nothing else is said. */
  readonly tagName?: (tag: string) => string;
  readonly pick: (source: SourceAt) => void;
}

/** Of which run it is, and under which tag. */
export function SourcePicker({ sources, source, title, label, testId, tagName, pick }: SourcePickerProps) {
  if (source === null) return <bdi class="title tag-name">{title}</bdi>;
  return (
    <div class="title">
      <select
        class="source-picker"
        aria-label={label}
        data-testid={testId}
        value={sources.indexOf(source)}
        onChange={(event) => {
          const picked = sources[Number(event.currentTarget.value)];
          if (picked) pick(picked);
        }}
      >
        {sources.map(({ run, tag }, i) => (
          <option key={`${run}\n${tag}`} value={i}>
            {run} · {tagName?.(tag) ?? tag}
          </option>
        ))}
      </select>
    </div>
  );
}
