/** Colours by lightness, chroma and hue as people see them: OKLab (Ottosson 2020), and contrast (WCAG 2.2). */

export type Triple = readonly [number, number, number];

/** As `#rrggbb`, each part 0 to 1 and linear in light. */
export function linearOf(hex: string): Triple {
  const part = (at: number): number => {
    const c = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  };
  return [part(1), part(3), part(5)];
}

function hexOf(linear: Triple): string {
  const part = (c: number): string => {
    const gamma = c <= 0.0031308 ? 12.92 * c : 1.055 * c ** (1 / 2.4) - 0.055;
    return Math.round(255 * gamma)
      .toString(16)
      .padStart(2, "0");
  };
  return `#${linear.map(part).join("")}`;
}

export function oklabOf([r, g, b]: Triple): Triple {
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}

/** Linear light; outside of 0 to 1 where no screen can show the colour. */
function linearOfOklch(lightness: number, chroma: number, hueTurns: number): Triple {
  const a = chroma * Math.cos(2 * Math.PI * hueTurns);
  const b = chroma * Math.sin(2 * Math.PI * hueTurns);
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ];
}

const luminanceOf = ([r, g, b]: Triple): number => 0.2126 * r + 0.7152 * g + 0.0722 * b;

/** 1 to 21. */
export function contrast(one: string, other: string): number {
  const [low = 0, high = 0] = [one, other].map((hex) => luminanceOf(linearOf(hex))).sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}

const GAMUT_SLACK = 1e-6;
const HALVINGS = 20;

/** The colour of a hue that has that luminance, as vivid as asked or, where no screen can show it, less so. */
export function colourOf(luminance: number, chroma: number, hueTurns: number): string {
  for (let vivid = chroma; ; vivid = vivid < 0.01 ? 0 : vivid * 0.9) {
    const linear = withLuminance(luminance, vivid, hueTurns);
    const shown = linear.every((part) => part >= -GAMUT_SLACK && part <= 1 + GAMUT_SLACK);
    if (shown || vivid === 0)
      return hexOf(linear.map((c) => Math.min(1, Math.max(0, c))) as unknown as Triple);
  }
}

function withLuminance(luminance: number, chroma: number, hueTurns: number): Triple {
  let [low, high] = [0, 1];
  for (let i = 0; i < HALVINGS; i++) {
    const middle = (low + high) / 2;
    if (luminanceOf(linearOfOklch(middle, chroma, hueTurns)) < luminance) low = middle;
    else high = middle;
  }
  return linearOfOklch((low + high) / 2, chroma, hueTurns);
}
