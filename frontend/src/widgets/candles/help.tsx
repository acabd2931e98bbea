import { Fragment } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { HELP, READOUT, STRINGS } from "../../base/strings.ts";
import { KEYS, KEYS_TITLE, POINTER, POINTER_TITLE } from "../../base/words/candleChart.ts";

/** A candle in words and a picture, for who has never read one. */
export function Help({ close }: { readonly close: () => void }) {
  const panel = useRef<HTMLElement>(null);
  // Before it is seen, so that Escape is not the chart's any more.
  useLayoutEffect(() => panel.current?.focus({ preventScroll: true }), []);
  return (
    <section
      class="help"
      role="dialog"
      aria-label={STRINGS.whatIsACandle}
      data-testid="help-panel"
      tabIndex={-1}
      ref={panel}
    >
      <header>
        <h2>{STRINGS.whatIsACandle}</h2>
        <button type="button" class="icon" aria-label={STRINGS.close} onClick={close}>
          ×
        </button>
      </header>
      <div class="help-body">
        <Drawing />
        <Words />
      </div>
      <div class="help-body help-keys">
        <Hands title={KEYS_TITLE} list={KEYS} />
        <Hands title={POINTER_TITLE} list={POINTER} />
      </div>
    </section>
  );
}

interface HandsProps {
  readonly title: string;
  readonly list: readonly (readonly [string, string])[];
}

/** What hands can do to the chart. */
const Hands = ({ title, list }: HandsProps) => (
  <div class="words">
    <h3>{title}</h3>
    <dl>
      {list.map(([press, meaning]) => (
        <Fragment key={press}>
          <dt>
            <kbd>{press}</kbd>
          </dt>
          <dd>{meaning}</dd>
        </Fragment>
      ))}
    </dl>
  </div>
);

const Words = () => (
  <div class="words">
    <p>{HELP.first}</p>
    <dl>
      {HELP.parts.map(([part, meaning]) => (
        <Fragment key={part}>
          <dt>{part}</dt>
          <dd>{meaning}</dd>
        </Fragment>
      ))}
    </dl>
    <p>{HELP.last}</p>
  </div>
);

function Drawing() {
  return (
    <svg viewBox="0 0 190 170" width="190" height="170" role="img" aria-label={HELP.drawing}>
      <g class="drawn worse">
        <path d="M60 12V48M60 122V158" />
        <rect x="44" y="48" width="32" height="74" />
      </g>
      <g class="drawn better">
        <path d="M152 26V64M152 118V140" />
        <rect x="136" y="64" width="32" height="54" />
      </g>
      <g class="names">
        <text x="38" y="18">
          {READOUT.high}
        </text>
        <text x="38" y="54">
          {READOUT.close}
        </text>
        <text x="38" y="124">
          {READOUT.open}
        </text>
        <text x="38" y="158">
          {READOUT.low}
        </text>
        <text x="130" y="70">
          {READOUT.open}
        </text>
        <text x="130" y="120">
          {READOUT.close}
        </text>
      </g>
    </svg>
  );
}
