/** A curve by the pixels that it touches: upright bars where it has points in every column, lines where it has not. */
export interface Touched {
  /** Column, top, bottom, column, top, bottom … */
  readonly bars: Float64Array;
  /** x, y, x, y … with breaks, as for a line. */
  readonly lines: Float64Array;
}

// Further apart, a slanting line is seen to be one.
const MOST_STEPS = 4;

/** Points in one column of pixels, one after the other. */
interface Run {
  column: number;
  top: number;
  bottom: number;
  last: number;
  /** Whether it meets the column beside it, and whether a line begins or ends in it. */
  isBeside: boolean;
  hasLine: boolean;
}

class Collector {
  readonly bars: number[] = [];
  readonly lines: number[] = [];

  constructor(private readonly ratio: number) {}

  end(run: Run | null): void {
    if (run === null) return;
    if (run.isBeside || run.top < run.bottom) this.bar(run.column, run.top, run.bottom);
    else if (!run.hasLine) this.line(run.column, run.last, run.column, run.last);
  }

  bar(column: number, y: number, y2: number): void {
    this.bars.push(column, Math.min(y, y2), Math.max(y, y2));
  }

  line(from: number, y: number, to: number, y2: number): void {
    this.lines.push((from + 0.5) / this.ratio, y, (to + 0.5) / this.ratio, y2, Number.NaN, Number.NaN);
  }
}

/**
 * What a line through x, y, x, y … touches, with `ratio` columns to each unit of x. Of the points in a column only the
 * first, the last, the lowest and the highest count: what M4 keeps of them (Jugel et al. 2014) touches the same.
 */
export function touchedBy(xy: Float64Array, ratio: number): Touched {
  const found = new Collector(ratio);
  let run: Run | null = null;
  for (let i = 0; i + 1 < xy.length; i += 2) {
    const y = xy[i + 1] as number;
    if (Number.isNaN(y)) {
      found.end(run);
      run = null;
      continue;
    }
    const column = Math.floor((xy[i] as number) * ratio);
    if (run !== null && run.column === column) {
      if (y < run.top) run.top = y;
      if (y > run.bottom) run.bottom = y;
      run.last = y;
    } else run = next(found, run, column, y);
  }
  found.end(run);
  return { bars: Float64Array.from(found.bars), lines: Float64Array.from(found.lines) };
}

/** The run that begins in another column, joined to the one before. */
function next(found: Collector, before: Run | null, column: number, y: number): Run {
  const run = { column, top: y, bottom: y, last: y, isBeside: false, hasLine: false };
  if (before === null) return run;
  const apart = column - before.column;
  if (apart >= 1 && apart <= MOST_STEPS) {
    // In steps, each at the height that the line has between two columns.
    const heightAt = (step: number) => before.last + ((y - before.last) * (step - 0.5)) / apart;
    widen(before, heightAt(1));
    widen(run, heightAt(apart));
    for (let step = 1; step < apart; step++)
      found.bar(before.column + step, heightAt(step), heightAt(step + 1));
  } else {
    before.hasLine = true;
    run.hasLine = true;
    found.line(before.column, before.last, column, y);
  }
  found.end(before);
  return run;
}

function widen(run: Run, y: number): void {
  run.isBeside = true;
  run.top = Math.min(run.top, y);
  run.bottom = Math.max(run.bottom, y);
}
