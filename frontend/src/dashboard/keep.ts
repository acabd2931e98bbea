import { isRecord } from "../api/json.ts";
import { LAYOUT_ERRORS } from "../base/words/dashboard.ts";
import { type Layout, LayoutError, readLayout, writeLayout } from "./model.ts";

/** The part of the browser's storage that is used here. */
export type Shelf = Pick<Storage, "getItem" | "setItem" | "removeItem">;

/** What is kept in the browser for one tab of one TensorBoard. Where storage is forbidden nothing is. */
export class Keeper {
  private readonly key: string;

  /** `path`: of the tab, since one origin can have several TensorBoards. */
  constructor(
    private readonly shelf: Shelf | null,
    path: string,
  ) {
    this.key = `tensorboard-candles ${path}`;
  }

  /** The dashboard as it was last saved; null where there is none. Raises LayoutError. */
  read(): Layout | null {
    const text = this.get("dashboard");
    return text === null ? null : parseLayout(text);
  }

  write(layout: Layout): void {
    this.set("dashboard", JSON.stringify(writeLayout(layout)));
  }

  /** Sets a dashboard that can't be read aside, so that the next one does not overwrite it. */
  setAside(): void {
    const text = this.get("dashboard");
    if (text !== null) this.set("unreadable dashboard", text);
  }

  /** The dashboard in a change of the storage by another window; null: it was about something else. */
  readChange({ key, newValue }: Pick<StorageEvent, "key" | "newValue">): Layout | null {
    if (key !== this.name("dashboard") || newValue === null) return null;
    try {
      return parseLayout(newValue);
    } catch (error) {
      if (error instanceof LayoutError) return null;
      throw error;
    }
  }

  /** Names of a person's own layouts. */
  names(): readonly string[] {
    return Object.keys(this.own()).sort((a, b) => a.localeCompare(b, "en", { numeric: true }));
  }

  /** Raises LayoutError. */
  named(name: string): Layout {
    return readLayout(this.own()[name]);
  }

  /** Whether the browser kept it. */
  save(name: string, layout: Layout): boolean {
    return this.set("layouts", JSON.stringify({ ...this.own(), [name]: writeLayout(layout) }));
  }

  /** What it returns puts the layout back as it was, whether or not it can be read. */
  forget(name: string): () => void {
    const { [name]: forgotten, ...rest } = this.own();
    this.set("layouts", JSON.stringify(rest));
    return () => void this.set("layouts", JSON.stringify({ ...this.own(), [name]: forgotten }));
  }

  private own(): Readonly<Record<string, unknown>> {
    try {
      const own: unknown = JSON.parse(this.get("layouts") ?? "{}");
      return isRecord(own) ? own : {};
    } catch {
      return {};
    }
  }

  private name(what: string): string {
    return `${this.key} ${what}`;
  }

  private get(what: string): string | null {
    try {
      return this.shelf?.getItem(this.name(what)) ?? null;
    } catch {
      return null;
    }
  }

  private set(what: string, text: string): boolean {
    try {
      this.shelf?.setItem(this.name(what), text);
      return this.shelf !== null;
    } catch {
      // Full or forbidden: the dashboard works on, it is only forgotten.
      return false;
    }
  }
}

// Far more than any dashboard takes: a larger file is something else, and would only hold the page up.
const MOST_BYTES = 10_000_000;

/** A layout from a file that somebody picked. Raises LayoutError. */
export async function readFile(file: Pick<Blob, "size" | "text">): Promise<Layout> {
  if (file.size > MOST_BYTES) throw new LayoutError(LAYOUT_ERRORS.tooBig);
  return parseLayout(await file.text());
}

/** A layout from the text of a file or of the storage. Raises LayoutError. */
export const parseLayout = (text: string): Layout => readLayout(parseJson(text));

/** Raises LayoutError. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new LayoutError(LAYOUT_ERRORS.notJson);
  }
}
