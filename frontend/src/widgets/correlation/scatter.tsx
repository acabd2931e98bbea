import { useMemo } from "preact/hooks";
import { formatDigits, formatInteger } from "../../base/format.ts";
import { CORRELATION, pairTitle, pointsWords } from "../../base/words/correlation.ts";
import { AnalysisArea } from "../plot/area.tsx";
import { Plot, usePlot } from "../plot/plot.tsx";
import type { PlotTheme } from "../plot/theme.ts";
import type { Workspace } from "../workspace.ts";
import { moves, numbers, scatterOf } from "./figure.ts";
import { type CorrelationModel, namesOf, placeOf } from "./model.ts";

interface ScatterProps {
  readonly model: CorrelationModel;
  readonly workspace: Workspace;
}

/** The points of the pair that was picked. */
export function Scatter({ model, workspace }: ScatterProps) {
  const plot = usePlot();
  const picked = model.picked.value ?? [];
  const names = namesOf(picked);
  const [answer, theme] = [model.pair.answer.value, workspace.theme.value];
  const figure = useMemo(() => (answer ? (drawn: PlotTheme) => scatterOf(answer, drawn) : null), [answer]);
  const close = () => {
    model.picked.value = null;
  };
  return (
    <section class="correlation-scatter" data-testid="scatter" aria-label={CORRELATION.scatter}>
      <header>
        <p>
          <bdi>{names[1]}</bdi> · <bdi>{names[0]}</bdi> <Words model={model} />
        </p>
        <button type="button" class="plain" onClick={close} data-testid="close-scatter">
          {CORRELATION.close}
        </button>
      </header>
      <AnalysisArea analysis={model.pair} empty={CORRELATION.noPair}>
        {({ points, slope }) =>
          figure && (
            <Plot
              plot={plot}
              theme={theme}
              figure={figure}
              label={`${pairTitle(names[0] ?? "", names[1] ?? "")}: ${pointsWords(formatInteger(points), formatDigits(slope, 3))}`}
              viewOf={names.join("\n")}
            />
          )
        }
      </AnalysisArea>
    </section>
  );
}

function Words({ model }: { readonly model: CorrelationModel }) {
  const [found, picked] = [model.analysis.answer.value?.found, model.picked.value];
  const pair = found && picked && placeOf(found, picked);
  if (!(found && pair)) return null;
  return (
    <span class="pair-words">
      {moves(found, pair)} ({numbers(found, pair)})
    </span>
  );
}
