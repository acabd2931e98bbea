import { asRecord, asText } from "./json.ts";

/** What whoever asks may do to this TensorBoard. */
export interface Config {
  /** The directory that it reads. */
  readonly logdir: string;
  /** Whether runs may be commanded. */
  readonly control: boolean;
  /** Whether experiments may be started. */
  readonly launch: boolean;
  /** What a change must carry; null where a person has to be asked for it, and where nothing may be changed. */
  readonly token: string | null;
  readonly tokenNeeded: boolean;
  /** Why nothing may be changed, in the server's words. */
  readonly why: string;
}

/** What may be changed: runs commanded, or experiments started. */
export type Right = "control" | "launch";

export function decodeConfig(answer: unknown): Config {
  const { logdir, control, launch, token, token_needed, why } = asRecord(answer);
  return {
    logdir: asText(logdir),
    control: control === true,
    launch: launch === true,
    token: typeof token === "string" ? token : null,
    tokenNeeded: token_needed === true,
    why: asText(why),
  };
}
