/** Of each kind of widget, in the order of the registry. */
const PATHS: Readonly<Record<string, string>> = {
  candles: "M8 4v20M4.5 9h7v9h-7zM20 8v20M16.500 13h7v9h-7zM31 3v18M27.500 7h7v8h-7z",
  line: "M3 24l8-12 7 6 8-13 11 15",
  comparison: "M3 5h34v22H3zM3 12.500h34M3 19.500h34M15 5v22",
  alerts: "M20 4l15 24H5zM20 13v7M20 24v.5",
  indicator: "M3 20c5-14 9-14 14-4s10 8 20-8M3 25h34",
  arguments: "M5 7h12M23 7h12M5 16h12M23 16h12M5 25h12M23 25h12",
  progress: "M4 11h32v9H4zM8 15.500h14M4 26h7M29 26h7",
  control: "M7 7l11 9-11 9zM25 7v18M33 7v18",
  experiments: "M15 4h10M17 4v9L8 28h24l-9-15V4M12.500 21h15",
  logs: "M5 6h.01M11 6h24M5 13h.01M11 13h17M5 20h.01M11 20h22M5 27h.01M11 27h11",
  outputs: "M4 5h17v17H4zM4 18l5-5 4 4 3-3 5 5M26 12l4 4 7-9M26 25h11M4 27h17",
  stats: "M6 25a14 14 0 1 1 28 0M20 25l7-10M6 25h4M30 25h4M20 11v3",
  correlation:
    "M5 3v25h32M10 22a1.2 1.2 0 1 0 .01 0M15 17a1.2 1.2 0 1 0 .01 0M19 20a1.2 1.2 0 1 0 .01 0M22 13a1.2 1.2 0 1 0 .01 0M27 15a1.2 1.2 0 1 0 .01 0M29 8a1.2 1.2 0 1 0 .01 0M34 6a1.2 1.2 0 1 0 .01 0",
  convergence: "M4 4c4 15 9 18 33 18M4 26h4M12 26h4M20 26h4M28 26h4M36 26h1",
  dynamics: "M15 20V3M15 20h22M15 20L5 29M19 16c2-9 7-2 9-6s-4-6 5-6",
  landscape: "M3 27c7 0 8-20 13-20s4 12 8 12 5-8 8-8 4 16 5 16zM9 21c4 4 12 3 15 1",
  hyperparameters: "M6 4v24M20 4v24M34 4v24M6 9l14 14 14-12M6 24l14-14 14 15",
  complexity: "M20 3l12 7v12l-12 7-12-7V10zM20 9l8 5-2 6-6 5-6-3 1-8z",
  attention: "M8 4h24v24H8zM8 12h24M8 20h24M16 4v24M24 4v24M11 8h2M19 16h2M27 24h2M19 8h2M27 16h2",
};
const OTHER = "M5 5h30v22H5z";

/** What a kind of widget looks like, in a few strokes. */
export const Pictogram = ({ type }: { readonly type: string }) => (
  <svg class="pictogram" viewBox="0 0 40 32" width="40" height="32" aria-hidden="true">
    <path d={PATHS[type] ?? OTHER} />
  </svg>
);
