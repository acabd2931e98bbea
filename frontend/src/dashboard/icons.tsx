const PATHS = {
  more: "M3.5 8h.01M8 8h.01M12.5 8h.01",
  plus: "M8 3v10M3 8h10",
  add: "M2.5 2.5h4.500v4.500h-4.500zM9 2.500h4.500v4.500h-4.500zM2.500 9h4.500v4.500h-4.500zM11.250 8.500v5M8.750 11h5",
  layouts: "M2.5 2.5h11v11h-11zM2.5 6.5h11M7 6.5v7",
  link: "M6.5 9.5l3-3M7.5 4.5l1.7-1.7a2.8 2.8 0 0 1 4 4l-1.7 1.7M8.5 11.5l-1.7 1.7a2.8 2.8 0 0 1-4-4l1.7-1.7",
} as const;

/** A sign on a button that says in words what it does. */
export const Icon = ({ name }: { readonly name: keyof typeof PATHS }) => (
  <svg class="line-icon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
    <path d={PATHS[name]} />
  </svg>
);

const KIND_PATHS: Readonly<Record<string, string>> = {
  candles: "M8 4v20M4.5 9h7v9h-7zM20 8v20M16.500 13h7v9h-7zM31 3v18M27.500 7h7v8h-7z",
  line: "M3 24l8-12 7 6 8-13 11 15",
  comparison: "M3 5h34v22H3zM3 12.500h34M3 19.500h34M15 5v22",
  indicator: "M3 20c5-14 9-14 14-4s10 8 20-8M3 25h34",
  alerts: "M20 4l15 24H5zM20 13v7M20 24v.5",
  arguments: "M5 7h12M23 7h12M5 16h12M23 16h12M5 25h12M23 25h12",
};
const OTHER = "M5 5h30v22H5z";

/** What a kind of widget looks like, in a few strokes. */
export const Pictogram = ({ type }: { readonly type: string }) => (
  <svg class="pictogram" viewBox="0 0 40 32" width="40" height="32" aria-hidden="true">
    <path d={KIND_PATHS[type] ?? OTHER} />
  </svg>
);
