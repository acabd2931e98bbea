/** Viridis (Smith and van der Walt 2015): from little to much, even to the eye, and read without red or green. */
const STOPS = [
  [68, 1, 84],
  [72, 40, 120],
  [62, 73, 137],
  [49, 104, 142],
  [38, 130, 142],
  [31, 158, 137],
  [53, 183, 121],
  [110, 206, 88],
  [181, 222, 43],
  [253, 231, 37],
] as const;

const SHADES = 256;

export const rgba = (red: number, green: number, blue: number): number =>
  ((255 << 24) | (Math.round(blue) << 16) | (Math.round(green) << 8) | Math.round(red)) >>> 0;

/** Of 256 shades, each as the pixel of a canvas on a machine whose numbers begin with their lowest byte. */
export const VIRIDIS = Uint32Array.from({ length: SHADES }, (_, i) => {
  const at = (i / (SHADES - 1)) * (STOPS.length - 1);
  const [low, high] = [STOPS[Math.floor(at)] ?? STOPS[0], STOPS[Math.ceil(at)] ?? STOPS[0]];
  const share = at - Math.floor(at);
  const mix = (channel: 0 | 1 | 2) => low[channel] * (1 - share) + high[channel] * share;
  return rgba(mix(0), mix(1), mix(2));
});

/** What stands for no number; told apart by words as well. */
export const MISSING = rgba(180, 83, 9);

/** The shade of a weight, of those up to `most`. */
export function shadeOf(weight: number, most: number): number {
  if (Number.isNaN(weight)) return MISSING;
  if (!(most > 0)) return VIRIDIS[0] ?? 0;
  const share = Math.min(1, Math.max(0, weight / most));
  return VIRIDIS[Math.round(share * (SHADES - 1))] ?? 0;
}
