/** The first visit, in four steps. */

export interface TourStep {
  /** What the step is about: the first element that matches. */
  readonly selector: string;
  readonly title: string;
  readonly text: string;
}

export const TOUR_STEPS: readonly TourStep[] = [
  {
    selector: '[data-testid="chart"]',
    title: "Every point is in here",
    text: "Each candle sums up many logged points: its wick reaches from the lowest to the highest of them, so no spike is lost. A filled candle got worse, a hollow one got better.",
  },
  {
    selector: '[data-testid="chart"]',
    title: "Down to the very batch",
    text: "Turn the wheel to zoom, drag to move. Candles get narrower until each is a single step. Click a wick to go straight to its step. F shows everything again.",
  },
  {
    selector: ".list.runs",
    title: "Compare runs",
    text: "Click a name to draw that run as candles; checked runs are drawn with it. The tags below pick what is shown.",
  },
  {
    selector: '[data-testid="glossary-open"]',
    title: "No word left unexplained",
    text: "Point at any dotted word to see what it means for a training, and what to do when it looks bad. All of them are in the glossary.",
  },
];

export const TOUR_WORDS = {
  label: "A first look",
  next: "Next",
  back: "Back",
  done: "Done",
  close: "Close the tour for good",
} as const;

/** `2 of 4` */
export const stepOf = (step: number, steps: number): string => `${step} of ${steps}`;
