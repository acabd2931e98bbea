import type { DetectorInfo } from "../api/registries.ts";
import { withinRange } from "./indicators.ts";

/** A detector of the registry: whether it looks, and with which numbers. */
export interface ChosenDetector {
  readonly info: DetectorInfo;
  readonly isOn: boolean;
  readonly numbers: readonly number[];
}

/** `z=10` */
function setting(text: string): [string, string] {
  const [name = "", number = ""] = text.split("=");
  return [name, number];
}

const defaultsOf = ({ parameters }: DetectorInfo): readonly number[] =>
  parameters.map((parameter) => parameter.default);

/** All detectors, as they were chosen: `spike:z=10`; null: those that look by default, as by default. */
export function readDetectors(
  texts: readonly string[] | null,
  registry: readonly DetectorInfo[],
): readonly ChosenDetector[] {
  const chosen = new Map((texts ?? []).map((text) => [text.split(":")[0], text.split(":").slice(1)]));
  return registry.map((info) => {
    const given = new Map(chosen.get(info.name)?.map(setting));
    const numbers = info.parameters.map((one) =>
      withinRange(one, Number(given.get(one.name) ?? one.default)),
    );
    return { info, isOn: texts === null ? info.isDefault : chosen.has(info.name), numbers };
  });
}

/** As it is stored and asked for, with the numbers that are not as by default. */
export function detectorText({ info, numbers }: ChosenDetector): string {
  const changed = info.parameters.flatMap(({ name, default: value }, i) =>
    numbers[i] === undefined || numbers[i] === value ? [] : [`${name}=${numbers[i]}`],
  );
  return [info.name, ...changed].join(":");
}

/** Those that look; null where that is as by default. */
export function detectorTexts(all: readonly ChosenDetector[]): readonly string[] | null {
  const isDefault = all.every(
    ({ info, isOn, numbers }) =>
      isOn === info.isDefault && (!isOn || String(numbers) === String(defaultsOf(info))),
  );
  return isDefault ? null : all.filter(({ isOn }) => isOn).map(detectorText);
}
