import { useSignal } from "@preact/signals";
import { type IndicatorInfo, PLACES, type Place } from "../../../api/registries.ts";
import { INDICATOR_WORDS } from "../../../base/words/indicators.ts";
import { MOST_INDICATORS, MOST_PANES } from "../../../data/indicators.ts";
import type { ExtrasModel } from "./model.ts";
import { searched } from "./search.ts";

/** Every indicator that there is, found by name and words; picking one adds it. */
export function Picker({ extras }: { readonly extras: ExtrasModel }) {
  const query = useSignal("");
  /** Whether Enter was pressed on what is in the chart already. */
  const isRepeated = useSignal(false);
  const registry = extras.registries.indicators.value ?? [];
  const found = searched(registry, query.value);
  const best = found[0]?.place ?? PLACES[0];
  const chosen = extras.chosen.value;
  const panesFull = chosen.filter(({ info }) => info.place === "pane").length >= MOST_PANES;
  const isFull = (place: Place) => chosen.length >= MOST_INDICATORS || (place === "pane" && panesFull);
  return (
    <div class="indicator-picker" data-testid="indicator-picker">
      <input
        // biome-ignore lint/a11y/noAutofocus: where the list opens, before the next key is pressed
        autoFocus
        class="filter"
        type="search"
        placeholder={INDICATOR_WORDS.search}
        aria-label={INDICATOR_WORDS.search}
        data-testid="indicator-search"
        onInput={(event) => {
          query.value = event.currentTarget.value;
          isRepeated.value = false;
        }}
        onKeyDown={(event) => {
          const [first] = found;
          if (event.key !== "Enter" || !first) return;
          isRepeated.value = chosen.some(({ info }) => info.name === first.name);
          if (!isRepeated.value && !isFull(first.place)) extras.add(first.name);
        }}
      />
      {isRepeated.value && (
        <p class="hint" role="status">
          {INDICATOR_WORDS.repeated}
        </p>
      )}
      {[...PLACES]
        .sort((a, b) => Number(b === best) - Number(a === best))
        .map((place) => (
          <Group
            key={place}
            place={place}
            infos={found.filter((info) => info.place === place)}
            isFull={isFull(place)}
            extras={extras}
          />
        ))}
      {found.length === 0 && <p class="hint">{INDICATOR_WORDS.none}</p>}
    </div>
  );
}

interface GroupProps {
  readonly place: Place;
  readonly infos: readonly IndicatorInfo[];
  readonly isFull: boolean;
  readonly extras: ExtrasModel;
}

function Group({ place, infos, isFull, extras }: GroupProps) {
  if (infos.length === 0) return null;
  const chosen = new Set(extras.chosen.value.map(({ info }) => info.name));
  return (
    <section>
      <h3>{INDICATOR_WORDS.groups[place]}</h3>
      {isFull && (
        <p class="hint">{place === "pane" ? INDICATOR_WORDS.panesFull : INDICATOR_WORDS.manyChosen}</p>
      )}
      <ul>
        {infos.map((info) => (
          <Item
            key={info.name}
            info={info}
            isThere={chosen.has(info.name)}
            isFull={isFull || (chosen.has(info.name) && info.parameters.length === 0)}
            add={() => extras.add(info.name)}
          />
        ))}
      </ul>
    </section>
  );
}

interface ItemProps {
  readonly info: IndicatorInfo;
  readonly isThere: boolean;
  readonly isFull: boolean;
  readonly add: () => void;
}

const Item = ({ info, isThere, isFull, add }: ItemProps) => (
  <li>
    <button
      type="button"
      class="indicator-item"
      disabled={isFull}
      data-testid="indicator-add"
      data-indicator={info.name}
      onClick={add}
    >
      <span class="indicator-title">
        {info.title} <code>{info.name}</code>
      </span>
      <span class="indicator-words">{info.explanation}</span>
      <span class="indicator-act">{isThere ? INDICATOR_WORDS.again : INDICATOR_WORDS.add}</span>
    </button>
  </li>
);
