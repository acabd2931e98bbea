/** What may be changed from the tab, and how a person shows that they may. */
export const RIGHTS = {
  without: {
    control: "This TensorBoard was started without --candles_control.",
    launch: "This TensorBoard was started without --candles_experiments.",
  },
  ask: "Token of this TensorBoard",
  words:
    "It was started with --candles_token. Whoever started it knows the token; it is kept until this tab of the browser is closed.",
  token: "Token",
  give: "Use it",
  cancel: "Cancel",
} as const;

/** Before something is destroyed. */
export const CONFIRM = {
  cancel: "Cancel",
} as const;
