import type { Candles, Series } from "../api/types.ts";
import { overlaps, type Range, union } from "../base/axis.ts";
import { type Plan, planFor, serves } from "./level.ts";
import type { Basis, Loader, WantedExtras } from "./loader.ts";
import { carriedView, clampView, fitView, grownView } from "./view.ts";

/** What one chart shows; the first series is the one in focus. */
export interface Wanted extends Basis {
  readonly series: readonly Series[];
  readonly width: number | "auto";
  /** Of the series in focus: steps that its candles span, if it was logged as such. */
  readonly resolution: number | null;
  /** Indicators and patterns; null or left out: none. */
  readonly extras?: WantedExtras | null;
  readonly version: string;
}

/** Candles of one width over one window, for all series of a chart. */
export interface Frame {
  readonly plan: Plan;
  readonly extent: Range;
  readonly candles: readonly Candles[];
}

export interface FeedListener {
  /** The view moved; what is held goes on showing. */
  moved(view: Range): void;
  /** Other candles are held now. */
  loaded(frame: Frame, view: Range): void;
  failed(error: unknown): void;
  busy(busy: boolean): void;
}

/** How far a selection of series reaches, and at which version of the data that was so. */
interface Located {
  readonly wanted: Wanted;
  /** Of all series together. */
  readonly extent: Range;
  /** Of the series in focus: what is fitted and followed. */
  readonly home: Range;
}

interface Running {
  readonly controller: AbortController;
  plan: Plan | null;
}

// A burst of wheel events asks once, and a long one still asks now and then.
const SETTLE_MS = 70;

/** Keeps a chart supplied: decides which window is needed at which resolution, fetches it, follows growth. */
export class Feed {
  private wanted: Wanted | null = null;
  private located: Located | null = null;
  private view: Range | null = null;
  private shown: { readonly wanted: Wanted; readonly frame: Frame } | null = null;
  private plotPx = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private running: Running | null = null;
  private failed: Wanted | null = null;

  constructor(
    private readonly loader: Pick<Loader, "load" | "extents">,
    private readonly listener: FeedListener,
  ) {}

  /** Shows these series; a new version of the same ones refetches the window without moving the view. */
  want(wanted: Wanted): void {
    const before = this.wanted;
    if (before !== null && sameData(before, wanted) && before.width === wanted.width) return;
    this.wanted = wanted;
    if (before !== null && !sameBasis(before, wanted)) this.forget();
    if (before !== null && !sameSeries(before, wanted)) this.abort();
    this.start();
  }

  resize(plotPx: number): void {
    if (plotPx === this.plotPx) return;
    this.plotPx = plotPx;
    this.schedule();
  }

  /** Moves the view to where a person wants it. */
  look(view: Range): void {
    if (this.located === null || this.wanted === null) return;
    this.view = clampView(view, this.located.extent, this.wanted.axis);
    this.listener.moved(this.view);
    this.failed = null;
    this.schedule();
  }

  fit(): void {
    if (this.located !== null && this.wanted !== null) {
      this.look(fitView(this.located.home, this.wanted.axis));
    }
  }

  /** Asks again after an error. */
  retry(): void {
    this.failed = null;
    this.start();
  }

  close(): void {
    clearTimeout(this.timer);
    this.abort();
    this.wanted = null;
  }

  private forget(): void {
    this.view = null;
    this.located = null;
    this.shown = null;
  }

  private abort(): void {
    this.running?.controller.abort();
    this.running = null;
  }

  private schedule(): void {
    if (this.missing() !== "nothing") this.listener.busy(true);
    if (this.timer !== undefined) return;
    this.timer = setTimeout(() => {
      this.timer = undefined;
      if (this.running?.plan && !this.serves(this.running.plan)) this.abort();
      this.start();
      if (this.running === null) this.listener.busy(false);
    }, SETTLE_MS);
  }

  private start(): void {
    if (this.running !== null || this.missing() === "nothing") return;
    if (this.failed === null || this.failed !== this.wanted) void this.run();
  }

  private async run(): Promise<void> {
    const running: Running = { controller: new AbortController(), plan: null };
    this.running = running;
    this.listener.busy(true);
    try {
      // Whatever is asked for meanwhile is found missing by the next turn.
      while (this.running === running && (await this.step(running)));
    } catch (error) {
      if (this.running === running) this.fail(error);
    } finally {
      if (this.running === running) this.running = null;
      if (this.running === null) this.listener.busy(false);
    }
  }

  /** What failed is not asked for again by itself, but by a retry, a move or another wish. */
  private fail(error: unknown): void {
    this.failed = this.wanted;
    this.listener.failed(error);
  }

  private async step(running: Running): Promise<boolean> {
    const missing = this.missing();
    if (missing === "extent") await this.locate(running);
    // In the same turn, or versions that come faster than answers would leave the chart waiting for ever.
    if (missing === "extent" || missing === "candles") await this.load(running);
    if (missing === "refusal") this.noteRefusal();
    return missing !== "nothing";
  }

  private missing(): "extent" | "candles" | "refusal" | "nothing" {
    const { wanted, located, shown } = this;
    if (wanted === null || wanted.series.length === 0 || this.plotPx <= 0) return "nothing";
    if (located === null || !same(located.wanted, wanted)) return "extent";
    if (shown === null || !sameData(shown.wanted, wanted)) return "candles";
    if (!this.serves(shown.frame.plan)) return "candles";
    return shown.frame.plan.refusedWidth === this.plan()?.refusedWidth ? "nothing" : "refusal";
  }

  private plan(): Plan | null {
    if (this.wanted === null || this.view === null || this.located === null) return null;
    const { axis, width: chosen, resolution } = this.wanted;
    const { view, plotPx } = this;
    return planFor({ axis, view, extent: this.located.extent, plotPx, chosen, resolution });
  }

  private serves(held: Plan): boolean {
    const plan = this.plan();
    if (plan === null || this.view === null || this.located === null) return false;
    return serves(held, plan, this.view, this.located.extent);
  }

  /** Finds how far the series reach now, and moves a view that follows them. */
  private async locate(running: Running): Promise<void> {
    const { wanted } = this;
    if (wanted === null) return;
    const extents = await this.loader.extents(wanted.series, wanted, running.controller.signal);
    const [home] = extents;
    const extent = union(extents);
    if (this.running !== running || extent === null || home === undefined) return;
    const located = { wanted, extent, home };
    this.view = this.viewAfter(this.located, located);
    this.located = located;
  }

  private viewAfter(before: Located | null, after: Located): Range {
    const { axis } = after.wanted;
    if (before === null || this.view === null) return fitView(after.home, axis);
    if (sameSeries(before.wanted, after.wanted)) {
      return grownView(this.view, before.home, after.home, axis);
    }
    return carriedView(this.view, before.home, after.home, axis);
  }

  private async load(running: Running): Promise<void> {
    const { located } = this;
    const plan = this.plan();
    if (this.running !== running || located === null || plan === null) return;
    // Where the series lie does not depend on the extras, which may have changed since they were located.
    const wanted = { ...located.wanted, extras: this.wanted?.extras ?? null };
    running.plan = plan;
    const { series, stepsPerEpoch, version, extras } = wanted;
    const request = { ...plan, series, stepsPerEpoch, version, extras };
    const candles = await this.loader.load(request, running.controller.signal);
    // A place that one has left by now is kept by the loader, and not shown.
    if (this.running !== running || this.view === null || !overlaps(plan.window, this.view)) return;
    const frame = { plan, extent: located.extent, candles };
    this.shown = { wanted, frame };
    this.listener.loaded(frame, this.view);
  }

  private noteRefusal(): void {
    const { shown, view } = this;
    const plan = this.plan();
    if (shown === null || view === null || plan === null) return;
    const frame = { ...shown.frame, plan: { ...shown.frame.plan, refusedWidth: plan.refusedWidth } };
    this.shown = { ...shown, frame };
    this.listener.loaded(frame, view);
  }
}

const sameBasis = (a: Basis, b: Basis): boolean => a.axis === b.axis && a.stepsPerEpoch === b.stepsPerEpoch;

const sameSeries = (a: Wanted, b: Wanted): boolean =>
  sameBasis(a, b) &&
  a.series.length === b.series.length &&
  a.series.every((series, i) => series.run === b.series[i]?.run && series.tag === b.series[i]?.tag);

const same = (a: Wanted, b: Wanted): boolean => a.version === b.version && sameSeries(a, b);

const sameData = (a: Wanted, b: Wanted): boolean =>
  same(a, b) && JSON.stringify(a.extras ?? null) === JSON.stringify(b.extras ?? null);
