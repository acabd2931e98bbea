import { ALERTS, watchesName } from "../../base/words/alertList.ts";
import type { ChosenDetector } from "../../data/detectors.ts";
import { ParameterFields } from "../parameters.tsx";
import { SeverityMark } from "../severity.tsx";
import type { AlertModel } from "./model.ts";

/** What looks for alerts: each with a switch, what it says, and its thresholds. */
export function DetectorPanel({ model }: { readonly model: AlertModel }) {
  const all = model.detectors.value;
  const groups = [
    [ALERTS.own, all.filter(({ info }) => info.isDefault)],
    [ALERTS.published, all.filter(({ info }) => !info.isDefault)],
  ] as const;
  return (
    <div class="detectors" data-testid="detector-panel">
      <header>
        <p>{ALERTS.detectorsWords}</p>
        <button type="button" class="plain" data-testid="detectors-reset" onClick={() => model.reset()}>
          {ALERTS.reset}
        </button>
      </header>
      {groups.map(([title, detectors]) => (
        <section key={title}>
          <h3>{title}</h3>
          {detectors.map((one) => (
            <Detector key={one.info.name} chosen={one} choose={(changed) => model.choose(changed)} />
          ))}
        </section>
      ))}
    </div>
  );
}

interface DetectorProps {
  readonly chosen: ChosenDetector;
  readonly choose: (changed: ChosenDetector) => void;
}

function Detector({ chosen, choose }: DetectorProps) {
  const { info, isOn, numbers } = chosen;
  return (
    <div class={isOn ? "detector" : "detector off"} data-testid="detector" data-detector={info.name}>
      <label>
        <input
          type="checkbox"
          checked={isOn}
          data-testid={`detector-${info.name}`}
          onChange={() => choose({ ...chosen, isOn: !isOn })}
        />
        <SeverityMark severity={info.severity} kind={info.kind} />
        <b data-term={info.name}>{info.name}</b>
        <small>
          {ALERTS.looksAt} {watchesName(info.watches)}
        </small>
      </label>
      <p class="detector-words">{info.explanation}</p>
      {isOn && (
        <ParameterFields
          parameters={info.parameters}
          numbers={numbers}
          change={(changed) => choose({ ...chosen, numbers: changed })}
        />
      )}
    </div>
  );
}
