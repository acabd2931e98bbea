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
