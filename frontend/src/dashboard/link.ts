import { isRecord } from "../api/json.ts";
import { pack, Unpackable, unpack } from "../base/pack.ts";
import { LAYOUT_ERRORS } from "../base/words/dashboard.ts";
import type { Stored } from "../widgets/widget.ts";
import { parseJson } from "./keep.ts";
import { type Layout, LayoutError, readLayout, writeLayout } from "./model.ts";

/** What a link carries. */
export interface SharedView {
  readonly layout: Layout;
  /** Runs, tag and what else was picked beside the dashboard; who wrote it reads it. */
  readonly picked: Stored;
}

// TensorBoard keeps what belongs to a plugin's tab as `p.<plugin>.<name>` in the fragment of its address,
// beside the name of the tab, and leaves alone what it finds there.
const PARAMETER = "p.candles.view";
const TAB = "candles";
const MOST_BYTES = 2_000_000;

/** The fragment of an address without its `#`, in parts that are joined by `&`. */
const partsOf = (hash: string): readonly string[] => hash.replace(/^#/, "").split("&");

const isView = (part: string): boolean => part.startsWith(`${PARAMETER}=`);

/** The packed view in the fragment of TensorBoard's address; null where there is none. */
export function viewIn(hash: string): string | null {
  const part = partsOf(hash).find(isView);
  return part === undefined ? null : decoded(part.slice(PARAMETER.length + 1));
}

/** As it is where it was cut or damaged on its way: what is packed in it will say so. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    if (error instanceof URIError) return text;
    throw error;
  }
}

/** The fragment without a view, and else as it was. */
export const withoutView = (hash: string): string =>
  `#${partsOf(hash)
    .filter((part) => !isView(part))
    .join("&")}`;

/** The address of TensorBoard with a view to open in it. */
export function linkTo(address: string, packed: string): string {
  const url = new URL(address);
  // TensorBoard writes it there; who opens the link may prefer light.
  url.searchParams.delete("darkMode");
  const rest = partsOf(withoutView(url.hash)).filter((part) => part.includes("="));
  url.hash = [TAB, ...rest, `${PARAMETER}=${packed}`].join("&");
  return url.href;
}

export const packView = ({ layout, picked }: SharedView): Promise<string> =>
  pack(JSON.stringify({ ...writeLayout(layout), picked }));

/** What `packView` packed. Raises LayoutError. */
export async function unpackView(packed: string): Promise<SharedView> {
  const value = parseJson(await unpacked(packed));
  const picked = isRecord(value) && isRecord(value.picked) ? value.picked : {};
  return { layout: readLayout(value), picked };
}

async function unpacked(packed: string): Promise<string> {
  try {
    return await unpack(packed, MOST_BYTES);
  } catch (error) {
    if (error instanceof Unpackable) throw new LayoutError(LAYOUT_ERRORS.link);
    throw error;
  }
}
