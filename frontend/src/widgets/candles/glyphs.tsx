/** Small drawings of what a button does; the words beside them or their labels say it, too. */
const PATHS = {
  candles: "M4.5 1v3M4.5 10v4M2.5 4h4v6h-4zM11.5 2v3M11.5 11v3M9.5 5h4v6h-4z",
  "heikin-ashi": "M2.5 9h3v4h-3zM6.5 6h3v5h-3zM10.5 2h3v6h-3z",
  bars: "M5 2v12M2 5h3M5 11h3M11 2v12M8 9h3M11 4h3",
  line: "M1 12l4-5 3 3 4-7 3 3",
  focus: "M4.5 1v14M2.5 4h4v6h-4zM9 11l2-3 2 2 2-5",
  side: "M3 2v12M1.5 5h3v6h-3zM8 3v11M6.5 6h3v5h-3zM13 1v12M11.5 4h3v6h-3z",
  each: "M1 1h14v4H1zM1 6h14v4H1zM1 11h14v4H1z",
  fit: "M1 5V1h4M11 1h4v4M15 11v4h-4M5 15H1v-4M4 8h8",
  select: "M3 1v14M13 1v14M5 8h6M7 6L5 8l2 2M9 6l2 2-2 2",
  alerts: "M8 2l6.5 11.5h-13zM8 6.5v3.5M8 11.5v.8",
  patterns: "M3 1v3M3 9v3M1.5 4h3v5h-3zM8 3v3M8 12v3M6.5 6h3v6h-3zM13 1v3M13 10v3M11.5 4h3v6h-3z",
  settings: "M1 4h14M1 8h14M1 12h14M5 2.5v3M11 6.5v3M7 10.5v3",
} as const;

export const Glyph = ({ name }: { readonly name: keyof typeof PATHS }) => (
  <svg class="glyph" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
    <path d={PATHS[name]} />
  </svg>
);
