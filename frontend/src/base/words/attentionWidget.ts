/** What the palette says of the widget of attention; its other words come with its code. */
export const ATTENTION_WIDGET = {
  title: "Attention",
  hint: "What each head of a transformer looks at, step by step, and how widely.",
} as const;
