import { colourOf, linearOf, oklabOf } from "./oklch.ts";

/** `safe`: for whoever does not tell red from green. */
export type ColourScheme = "default" | "safe";

export const COLOUR_SCHEMES: readonly ColourScheme[] = ["default", "safe"];

/**
 * Colours that hold 3:1 against both white and the dark background, each as far from the others as that allows
 * and apart from the candles' own. The first few are all round the circle of hues, as far as candles leave it free.
 * Those of `safe` stay apart where red or green cones are missing (simulated after Machado et al. 2009), which leaves
 * room for fewer.
 */
export const PALETTES: Readonly<Record<ColourScheme, readonly string[]>> = {
  default: [
    "#1882c9",
    "#b08800",
    "#fd37e1",
    "#8625fe",
    "#ff0d89",
    "#02a92e",
    "#a94a14",
    "#227702",
    "#ad7d7c",
    "#1d4ffd",
    "#ad16b8",
    "#33a397",
    "#7d5a75",
    "#e46212",
    "#157079",
    "#bb55f9",
    "#8588f6",
    "#6c54be",
    "#d56bb5",
    "#bc3577",
  ],
  safe: ["#864aae", "#f75e1c", "#1d4ffd", "#756668", "#1896fb", "#d41101", "#a98c7f", "#9a76b5"],
};

// Of a palette: those that the first runs take.
const LEADING = 3;

/** For a run that is not known yet. */
export const FALLBACK = "#7b8496";

/** FNV-1a, 32 bits: the same colour for a name on every machine and every reload. */
export function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) {
    value ^= text.charCodeAt(i);
    value = Math.imul(value, 0x01000193);
  }
  return value >>> 0;
}

// 3:1 on white is a luminance below 0.3, on the dark background one above 0.126.
const DARKEST = 0.132;
const LIGHTEST = 0.292;
const DULLEST = 0.07;
const MOST_VIVID = 0.22;
// Fractions of 1/g, 1/g² and 1/g³ with g⁴ = g + 1 fill a cube evenly (Roberts 2018).
const STEPS = [0.8191725133961645, 0.6710436067037893, 0.5497004779019703] as const;

const fraction = (value: number): number => value - Math.floor(value);

/** Beyond a palette: the n-th of endlessly many colours that fill what is left to hue, lightness and chroma evenly. */
export function furtherColour(n: number): string {
  const [hue, luminance, chroma] = STEPS.map((step) => fraction(0.5 + step * (n + 1)));
  return colourOf(
    DARKEST + (LIGHTEST - DARKEST) * (luminance ?? 0),
    DULLEST + (MOST_VIVID - DULLEST) * Math.sqrt(chroma ?? 0),
    hue ?? 0,
  );
}

// Better and worse, as candles are drawn in light and in dark: a run's line should not be taken for them.
const OF_CANDLES: Readonly<Record<ColourScheme, readonly string[]>> = {
  default: ["#0b8a6c", "#2cc29b", "#d92d3f", "#f4596a"],
  safe: ["#0b62b3", "#5fb0f2", "#b85300", "#f0a030"],
};

// In OKLab, where black to white is 1: nearer ones are told apart only side by side.
const FAR = 0.25;
// A line and a body are told apart by their shape, too.
const NEARER_TO_CANDLES = 1.5;

function distance(one: string, other: string): number {
  const [a, b] = [oklabOf(linearOf(one)), oklabOf(linearOf(other))];
  return Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
}

/** The name's own colour where it is free and far from those in use; else the free one that is farthest from all. */
function pickFree(
  own: string,
  free: readonly string[],
  used: readonly string[],
  scheme: ColourScheme,
): string {
  const fromUsed = (colour: string) => Math.min(...used.map((other) => distance(colour, other)));
  const fromCandles = (colour: string) => Math.min(...OF_CANDLES[scheme].map((one) => distance(colour, one)));
  const room = (colour: string) => Math.min(fromUsed(colour), NEARER_TO_CANDLES * fromCandles(colour));
  if (free.includes(own) && fromUsed(own) >= FAR) return own;
  return free.reduce((best, colour) => (room(colour) > room(best) ? colour : best));
}

/**
 * A colour for each name: that of its hash, or another that is still free where that is near one in use; where none
 * is free, a further colour. What follows in the list never changes the colour of what stands before it.
 */
export function assignColours(names: Iterable<string>, scheme: ColourScheme): Map<string, string> {
  const palette = PALETTES[scheme];
  const colours = new Map<string, string>();
  const used: string[] = [];
  for (const name of names) {
    const candidates = used.length < LEADING ? palette.slice(0, LEADING) : palette;
    const free = candidates.filter((colour) => !used.includes(colour));
    if (free.length === 0) colours.set(name, furtherColour(colours.size - palette.length));
    else {
      const own = candidates[hash(name) % candidates.length] ?? FALLBACK;
      used.push(pickFree(own, free, used, scheme));
      colours.set(name, used.at(-1) ?? FALLBACK);
    }
  }
  return colours;
}
