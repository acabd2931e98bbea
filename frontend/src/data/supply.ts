import type { Series } from "../api/types.ts";
import { overlaps, type Range, union } from "../base/axis.ts";
import { carriedView, clampView, fitView, followOf, grownView } from "./view.ts";

/** What one chart shows; the first series is the one in focus. */
export interface Wish {
  readonly series: readonly Series[];
  readonly version: string;
}

/** What to ask for, and the window of the axis that it covers. */
export interface Window {
  readonly window: Range;
}

/** What is held of each series of a chart, over one window. */
export interface Held<Plan, Item> {
  readonly plan: Plan;
  readonly extent: Range;
  readonly items: readonly Item[];
}

/** Where a kind of chart gets what it draws, and how it is cut. */
export interface Source<Wanted extends Wish, Plan extends Window, Item> {
  /** The least that there is to see on the axis. */
  narrowest(wanted: Wanted): number;
  /** Whether a place on the axis of the one is the same place on that of the other. */
  sameBasis(a: Wanted, b: Wanted): boolean;
  /** Whether both are cut alike, if not for the view. */
  sameCut(a: Wanted, b: Wanted): boolean;
  /** Where each series lies on the axis. */
  extents(wanted: Wanted, signal: AbortSignal): Promise<readonly Range[]>;
  plan(wanted: Wanted, view: Range, extent: Range, plotPx: number): Plan;
  /** Whether what is held is what a view needs. */
  serves(held: Plan, needed: Plan, view: Range, extent: Range): boolean;
  load(wanted: Wanted, plan: Plan, signal: AbortSignal): Promise<readonly Item[]>;
  /** What is held, in the words of what is needed, where those alone have changed. */
  restated?(held: Plan, needed: Plan): Plan | null;
}

export interface SupplyListener<Plan, Item> {
  /** The view moved; what is held goes on showing. */
  moved(view: Range): void;
  /** A person has moved the view and left it there; null: it shows all that there is. */
  rested?(view: Range | null): void;
  /** Something else is held now. */
  loaded(held: Held<Plan, Item>, view: Range): void;
  failed(error: unknown): void;
  busy(busy: boolean): void;
}

/** How far a selection of series reaches, and at which version of the data that was so. */
interface Located<Wanted> {
  readonly wanted: Wanted;
  /** Of all series together: what is fitted. */
  readonly extent: Range;
  /** Of the series in focus: what a view of less than all follows. */
  readonly home: Range;
}

interface Running<Wanted, Plan> {
  readonly controller: AbortController;
  /** Of its last request. */
  wanted: Wanted | null;
  plan: Plan | null;
}

type Missing = "extent" | "items" | "words" | "nothing";

// A burst of wheel events asks once, and a long one still asks now and then.
const SETTLE_MS = 70;
const REST_MS = 300;

/** Keeps a chart supplied: decides which window is needed at which resolution, fetches it, follows growth. */
export class Supply<Wanted extends Wish, Plan extends Window, Item> {
  private wanted: Wanted | null = null;
  private located: Located<Wanted> | null = null;
  private view: Range | null = null;
  private shown: { readonly wanted: Wanted; readonly held: Held<Plan, Item> } | null = null;
  private plotPx = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private resting: ReturnType<typeof setTimeout> | undefined;
  private running: Running<Wanted, Plan> | null = null;
  private failed: Wanted | null = null;
  private aimed: Range | null = null;

  constructor(
    private readonly source: Source<Wanted, Plan, Item>,
    private readonly listener: SupplyListener<Plan, Item>,
  ) {}

  /** Shows these series; a new version of the same ones refetches the window without moving the view. */
  want(wanted: Wanted): void {
    const before = this.wanted;
    if (before !== null && this.same(before, wanted) && this.source.sameCut(before, wanted)) return;
    this.wanted = wanted;
    if (before !== null && !this.source.sameBasis(before, wanted)) this.forget();
    if (before !== null && !this.sameSeries(before, wanted)) this.abort();
    this.start();
  }

  resize(plotPx: number): void {
    if (plotPx === this.plotPx) return;
    const isFirst = this.plotPx <= 0;
    this.plotPx = plotPx;
    // Somebody waits for the first picture; a window that is pulled changes its size all the time.
    if (isFirst) this.start();
    else this.schedule();
  }

  /** Moves the view to where a person wants it. */
  look(view: Range): void {
    if (this.located === null || this.wanted === null) return;
    this.view = clampView(view, this.located.extent, this.source.narrowest(this.wanted));
    this.listener.moved(this.view);
    this.failed = null;
    this.schedule();
    clearTimeout(this.resting);
    this.resting = setTimeout(() => this.rest(), REST_MS);
  }

  /** Moves the view there as soon as it is known how far what is wanted reaches. */
  aim(view: Range): void {
    this.aimed = view;
    this.failed = null;
    const isLocated = this.wanted && this.located && this.same(this.located.wanted, this.wanted);
    if (isLocated) this.look(this.takeAim() ?? view);
    else this.start();
  }

  fit(): void {
    if (this.located !== null && this.wanted !== null) {
      this.look(fitView(this.located.extent, this.source.narrowest(this.wanted)));
    }
  }

  /** Asks again after an error. */
  retry(): void {
    this.failed = null;
    this.start();
  }

  close(): void {
    clearTimeout(this.timer);
    clearTimeout(this.resting);
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

  private rest(): void {
    const { view, located } = this;
    if (view === null || located === null) return;
    this.listener.rested?.(followOf(view, located.extent) === "all" ? null : view);
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
    const { wanted } = this;
    const running: Running<Wanted, Plan> = { controller: new AbortController(), wanted, plan: null };
    this.running = running;
    this.listener.busy(true);
    try {
      // Whatever is asked for meanwhile is found missing by the next turn.
      while (this.running === running && (await this.step(running)));
    } catch (error) {
      if (this.running === running) this.fail(running.wanted, error);
    } finally {
      if (this.running === running) this.running = null;
      // What was wished for meanwhile has not failed.
      this.start();
      if (this.running === null) this.listener.busy(false);
    }
  }

  /** What failed is not asked for again by itself, but by a retry, a move or another wish. */
  private fail(asked: Wanted | null, error: unknown): void {
    const { wanted } = this;
    // Of a newer version the same would be said.
    const isWanted =
      asked !== null &&
      wanted !== null &&
      this.sameSeries(asked, wanted) &&
      this.source.sameCut(asked, wanted);
    this.failed = isWanted ? wanted : asked;
    if (isWanted) this.listener.failed(error);
  }

  private async step(running: Running<Wanted, Plan>): Promise<boolean> {
    const missing = this.missing();
    if (missing === "extent") await this.locate(running);
    // In the same turn, or versions that come faster than answers would leave the chart waiting for ever.
    if (missing === "extent" || missing === "items") await this.load(running);
    if (missing === "words") this.restate();
    return missing !== "nothing";
  }

  private missing(): Missing {
    const { wanted, located, shown } = this;
    if (wanted === null || wanted.series.length === 0) return "nothing";
    // How far they reach can be found out while the page is still being laid out.
    if (located === null || !this.same(located.wanted, wanted)) return "extent";
    if (this.plotPx <= 0) return "nothing";
    if (shown === null || !this.same(shown.wanted, wanted)) return "items";
    if (!this.serves(shown.held.plan)) return "items";
    return this.restated() === null ? "nothing" : "words";
  }

  private plan(): Plan | null {
    if (this.wanted === null || this.view === null || this.located === null || this.plotPx <= 0) return null;
    return this.source.plan(this.wanted, this.view, this.located.extent, this.plotPx);
  }

  private serves(held: Plan): boolean {
    const plan = this.plan();
    if (plan === null || this.view === null || this.located === null) return false;
    return this.source.serves(held, plan, this.view, this.located.extent);
  }

  /** Finds how far the series reach now, and moves a view that follows them. */
  private async locate(running: Running<Wanted, Plan>): Promise<void> {
    const { wanted } = this;
    if (wanted === null) return;
    running.wanted = wanted;
    const extents = await this.source.extents(wanted, running.controller.signal);
    const [home] = extents;
    const extent = union(extents);
    if (this.running !== running || extent === null || home === undefined) return;
    const located = { wanted, extent, home };
    this.view = this.viewAfter(this.located, located);
    this.located = located;
  }

  private takeAim(): Range | null {
    const { aimed } = this;
    this.aimed = null;
    return aimed;
  }

  private viewAfter(before: Located<Wanted> | null, after: Located<Wanted>): Range {
    const narrowest = this.source.narrowest(after.wanted);
    const aimed = this.takeAim();
    if (aimed !== null) return clampView(aimed, after.extent, narrowest);
    if (before === null || this.view === null) return fitView(after.extent, narrowest);
    const of = followOf(this.view, before.extent) === "all" ? "extent" : "home";
    if (this.sameSeries(before.wanted, after.wanted)) {
      return grownView(this.view, before[of], after[of], narrowest);
    }
    return carriedView(this.view, before[of], after[of], narrowest);
  }

  private async load(running: Running<Wanted, Plan>): Promise<void> {
    const { located } = this;
    const plan = this.plan();
    if (this.running !== running || located === null || plan === null || this.wanted === null) return;
    // Where the series lie does not depend on what else is wanted of them, which may have changed since.
    const wanted = { ...this.wanted, version: located.wanted.version };
    running.wanted = this.wanted;
    running.plan = plan;
    const items = await this.source.load(wanted, plan, running.controller.signal);
    // A place that one has left by now is not shown.
    if (this.running !== running || this.view === null || !overlaps(plan.window, this.view)) return;
    this.show(wanted, { plan, extent: located.extent, items });
  }

  private restated(): Plan | null {
    const plan = this.plan();
    if (this.shown === null || plan === null) return null;
    return this.source.restated?.(this.shown.held.plan, plan) ?? null;
  }

  private restate(): void {
    const { shown } = this;
    const plan = this.restated();
    if (shown !== null && plan !== null) this.show(shown.wanted, { ...shown.held, plan });
  }

  private show(wanted: Wanted, held: Held<Plan, Item>): void {
    this.shown = { wanted, held };
    if (this.view !== null) this.listener.loaded(held, this.view);
  }

  private sameSeries(a: Wanted, b: Wanted): boolean {
    return (
      this.source.sameBasis(a, b) &&
      a.series.length === b.series.length &&
      a.series.every((series, i) => series.run === b.series[i]?.run && series.tag === b.series[i]?.tag)
    );
  }

  private same(a: Wanted, b: Wanted): boolean {
    return a.version === b.version && this.sameSeries(a, b);
  }
}
