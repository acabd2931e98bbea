import type { RunGroup } from "../../api/groups.ts";
import { compilePattern } from "../../base/filter.ts";
import { COMPARISON } from "../../base/words/comparison.ts";
import { notAPattern } from "../../base/words/sidebar.ts";
import type { Grouping } from "./settings.ts";

/** Why what was typed groups no runs; null where it does. */
export function patternProblem(text: string): string | null {
  if (text === "") return COMPARISON.noPattern;
  const pattern = compilePattern(text);
  return pattern instanceof RegExp ? null : `${notAPattern(pattern)} ${COMPARISON.ungrouped}`;
}

/** Groups of runs in order of first appearance; null where each run stands for itself, as without a pattern. */
export function groupsOf(
  runs: readonly string[],
  groupBy: Grouping,
  text: string,
): readonly RunGroup[] | null {
  if (groupBy === "none") return null;
  const pattern = groupBy === "pattern" ? text !== "" && compilePattern(text) : null;
  if (pattern === false || typeof pattern === "string") return null;
  const nameOf = pattern ? (run: string) => found(pattern, run) : folderOf;
  const groups = new Map<string, string[]>();
  for (const run of runs) {
    const name = nameOf(run);
    const group = groups.get(name);
    if (group) group.push(run);
    else groups.set(name, [run]);
  }
  return [...groups].map(([name, members]) => ({ name, runs: members }));
}

function folderOf(run: string): string {
  const slash = run.lastIndexOf("/");
  return slash > 0 ? run.slice(0, slash) : COMPARISON.noFolder;
}

/** What a pattern captures in a name, or all that it matches where it captures nothing. */
function found(pattern: RegExp, run: string): string {
  const match = pattern.exec(run);
  if (match === null) return COMPARISON.noMatch;
  const captured = match.slice(1).filter((part) => part !== undefined);
  return (captured.length > 0 ? captured.join(" · ") : match[0]) || COMPARISON.noMatch;
}
