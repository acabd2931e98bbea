import type { LineAxis } from "../../base/axis.ts";
import { commonFolder } from "../../base/commonFolder.ts";
import { formatValue } from "../../base/format.ts";
import { BELOW_ZERO, elsewhere, LINE, placeName, smoothedBy } from "../../base/words/line.ts";
import type { LineModel, LineReading } from "./model.ts";
import { RunChip } from "./runChip.tsx";

interface LegendProps {
  readonly model: LineModel;
  readonly axis: LineAxis;
  readonly smoothing: number;
}

/** Every run with its value at the crosshair, or its last one in view; as high as there are runs, whatever it says. */
export function LineLegend({ model, axis, smoothing }: LegendProps) {
  const readings = model.readings.value;
  const cursor = model.cursor.value;
  const nearest = model.nearest.value;
  const common = commonFolder(readings.map(({ line }) => line.run));
  const meant = readings.find(({ line }) => line.run === nearest) ?? readings[0];
  const hasNonFinite = model.lines.value.some(({ nonfinite }) => nonfinite.some((count) => count > 0));
  return (
    <div class="line-legend" data-testid="line-legend">
      <div class="line-place">
        <span data-testid="line-place">
          {cursor === null ? LINE.lastInView : placeName(axis, cursor.place)}
        </span>
        {meant && (
          <span class="line-point" data-testid="line-point">
            {otherPlaces(axis, meant)}
          </span>
        )}
        {smoothing > 0 && (
          <span class="key-smoothed" data-testid="smoothed-key">
            <i class="key-bold" /> {smoothedBy(smoothing)} · <i class="key-faint" /> {LINE.value}
          </span>
        )}
        {hasNonFinite && (
          <span class="key-cross" data-testid="nonfinite-key">
            {LINE.nonfinite}
          </span>
        )}
        {model.isCut.value && (
          <span role="status" data-testid="below-zero">
            {BELOW_ZERO}
          </span>
        )}
      </div>
      <ul aria-label={LINE.readout}>
        {readings.map((reading) => (
          <Chip
            key={reading.line.run}
            reading={reading}
            common={common}
            isNearest={reading.line.run === nearest}
            model={model}
          />
        ))}
      </ul>
    </div>
  );
}

/** Of one point, so that an epoch is found in the log, and a step on the clock. */
function otherPlaces(axis: LineAxis, { line: { points }, row }: LineReading): string {
  const [step, wallTime, epoch] = [points.step[row], points.wallTime[row], points.epoch?.[row]];
  if (step === undefined || wallTime === undefined) return "";
  return elsewhere(axis, { step, wallTime, epoch: epoch ?? Number.NaN });
}

interface ChipProps {
  readonly reading: LineReading;
  readonly common: string;
  readonly isNearest: boolean;
  readonly model: LineModel;
}

function Chip({ reading: { line, row }, common, isNearest, model }: ChipProps) {
  const { points } = line;
  const [value, smoothed, step] = [points.value[row], points.smoothed?.[row], points.step[row]];
  const number = (one: number | undefined) =>
    one === undefined ? "–" : Number.isNaN(one) ? "NaN" : nameOf(one);
  const place = step === undefined ? "" : placeName("steps", step);
  const others = otherPlaces("steps", { line, row });
  return (
    <RunChip
      line={line}
      common={common}
      picked={model.picked}
      class={isNearest ? "line-chip nearest" : "line-chip"}
      data-testid="line-chip"
      data-step={step}
      data-value={value}
      data-smoothed={smoothed}
      title={[line.run, place, others].filter(Boolean).join(" · ")}
    >
      <span class="chip-value">{number(value)}</span>
      {points.smoothed !== null && (
        <span class="chip-smoothed" title={LINE.smoothed}>
          ~{number(smoothed)}
        </span>
      )}
      <span class="chip-step">{place}</span>
    </RunChip>
  );
}

const nameOf = (value: number): string =>
  Number.isFinite(value) ? formatValue(value) : value > 0 ? "∞" : "−∞";

/** The same for a screen reader, said when the keyboard moves the crosshair. */
export function spoken({ line, row }: LineReading): string {
  const [value, step] = [line.points.value[row], line.points.step[row]];
  if (value === undefined || step === undefined) return "";
  return `${placeName("steps", step)}: ${LINE.value} ${Number.isNaN(value) ? "NaN" : nameOf(value)}`;
}
