const PATHS = {
  pin: "M5 1.5h6M6 1.5v5L4 9h8l-2-2.5v-5M8 9v5.5",
  solo: "M8 3.2a4.8 4.8 0 1 0 0 9.6a4.8 4.8 0 0 0 0-9.6zM8 .8v3M8 12.2v3M.8 8h3M12.2 8h3",
  options: "M2 4h7M12 4h2M2 12h2M7 12h7M10.5 2.5v3M5.5 10.5v3",
  reverse: "M5 2.5v11M2.5 11L5 13.5L7.5 11M11 13.5v-11M8.5 5L11 2.5L13.5 5",
  collapse: "M13 3.5L8.5 8L13 12.5M7.5 3.5L3 8l4.5 4.5",
  display: "M8 1.8a6.2 6.2 0 1 0 0 12.4zM8 1.8a6.2 6.2 0 0 1 0 12.4",
} as const;

/** Drawn in the colour of the text around it; what it means, its button says. */
export const Icon = ({ name }: { readonly name: keyof typeof PATHS }) => (
  <svg class={`glyph glyph-${name}`} viewBox="0 0 16 16" width="14" height="14" aria-hidden="true">
    <path d={PATHS[name]} />
    {name === "display" && <path class="filled" d="M8 1.8a6.2 6.2 0 0 0 0 12.4z" />}
  </svg>
);
