import { COMMANDS, type CommandName } from "../../base/training.ts";
import { COMMAND_NAMES, CONTROL, notObeyed, OBEYS_BY } from "../../base/words/training.ts";
import { Code } from "../code.tsx";

/** What the training can't obey as it is written, and the line of code that would make it. */
export function NotObeyed({ obeys }: { readonly obeys: readonly CommandName[] }) {
  const lines = new Map<string, CommandName[]>();
  for (const command of COMMANDS) {
    if (obeys.includes(command)) continue;
    lines.set(OBEYS_BY[command], [...(lines.get(OBEYS_BY[command]) ?? []), command]);
  }
  if (lines.size === 0) return null;
  return (
    <details class="not-obeyed" data-testid="not-obeyed">
      <summary>{CONTROL.hows}</summary>
      <ul>
        {[...lines].map(([line, commands]) => (
          <li key={line}>
            <span>{notObeyed(commands.map((command) => COMMAND_NAMES[command]).join(", "))}</span>
            <Code text={line} />
          </li>
        ))}
      </ul>
    </details>
  );
}
