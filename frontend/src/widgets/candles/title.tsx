import { formatInteger } from "../../base/format.ts";
import { isNeutral } from "../../base/polarity.ts";
import { loggedAs, polarityName, STRINGS, seriesTitle } from "../../base/strings.ts";
import { flipHint } from "../../base/words/candleChart.ts";
import { RunName } from "../runName.tsx";
import type { KnownSeries } from "../series.ts";
import { TagPicker } from "../tagPicker.tsx";
import type { WidgetProps } from "../widget.ts";
import type { Workspace } from "../workspace.ts";
import type { CandleSettings } from "./settings.ts";
import { Sized } from "./sized.tsx";

interface TitleProps extends WidgetProps<CandleSettings> {
  readonly focus: KnownSeries | undefined;
}

export function Title({ workspace, settings, focus }: TitleProps) {
  const { tag } = settings.value;
  const pick = (picked: string | null) => {
    settings.value = { ...settings.value, tag: picked };
  };
  return (
    <div class="title">
      {focus && <span class="swatch" style={{ background: focus.colour }} />}
      <h1 title={focus && seriesTitle(focus.run, focus.tag)}>
        <TagPicker workspace={workspace} tag={tag} pick={pick} />{" "}
        {focus && (
          <span class="run-name">
            <RunName run={focus.run} />
          </span>
        )}
      </h1>
      {focus && !isNeutral(focus.tag) && <PolarityPill workspace={workspace} focus={focus} />}
      {focus && <Pills {...focus} />}
    </div>
  );
}

/** Which way is better, and a way to say that it is the other one. */
function PolarityPill({ workspace, focus }: { workspace: Workspace; focus: KnownSeries }) {
  const { tag, run, polarity } = focus;
  const flip = () => {
    const flipped = polarity === "lower_is_better" ? "higher_is_better" : "lower_is_better";
    const known = workspace.runs.value?.runs.find(({ name }) => name === run);
    const own = known?.tags.find((one) => one.tag === tag)?.polarity;
    workspace.setPolarity(tag, flipped === own ? null : flipped);
  };
  return (
    <button
      type="button"
      class="pill"
      data-testid="polarity"
      data-polarity={polarity}
      title={flipHint(polarityName(polarity).long)}
      onClick={flip}
    >
      <Sized words={polarityName(polarity)} />
    </button>
  );
}

/** What is known of a series besides its name. */
const Pills = ({ unit, resolution }: KnownSeries) => (
  <>
    {unit !== null && (
      <bdi class="pill" data-testid="unit" title={STRINGS.unitHint}>
        {unit}
      </bdi>
    )}
    {resolution !== null && (
      <span class="pill" data-testid="resolution" title={STRINGS.resolutionHint}>
        <Sized words={loggedAs(formatInteger(resolution))} />
      </span>
    )}
  </>
);
