import type { Signal } from "@preact/signals";
import { csvOf } from "../base/csv.ts";
import { fileName } from "../base/fileName.ts";
import { jsonOf } from "../base/tableJson.ts";
import { WIDGET_MENU } from "../base/words/dashboard.ts";
import { Menu, type MenuEntry } from "../widgets/menu.tsx";
import { Popover } from "../widgets/popover.tsx";
import type { Offer } from "../widgets/widget.ts";
import { download } from "./host.ts";
import { Icon } from "./icons.tsx";
import type { DashboardState } from "./state.ts";

interface WidgetMenuProps {
  readonly id: string;
  readonly title: Signal<string>;
  readonly offer: Signal<Offer | null>;
  /** Whether its data stand below it as a table. */
  readonly tabled: Signal<boolean>;
  readonly state: DashboardState;
}

/** What can be done with any widget, and what this one hands out. */
export function WidgetMenu(props: WidgetMenuProps) {
  const name = WIDGET_MENU.button(props.title.value);
  return (
    <Popover
      button={{ class: "icon widget-menu", "aria-label": name, "data-testid": "widget-menu" }}
      face={<Icon name="more" />}
      name={name}
      placement="bottom-end"
    >
      {(close) => (
        <Menu
          groups={[{ entries: views(props) }, { entries: exports(props) }, { entries: ends(props) }]}
          close={close}
        />
      )}
    </Popover>
  );
}

function views({ id, offer, tabled, state }: WidgetMenuProps): MenuEntry[] {
  const { full } = state;
  const isFull = full.value === id;
  const toggleFull = () => {
    full.value = isFull ? null : id;
  };
  const toggleTable = () => {
    tabled.value = !tabled.value;
  };
  return [
    {
      name: isFull ? WIDGET_MENU.leaveFullScreen : WIDGET_MENU.fullScreen,
      testId: "full-screen",
      run: toggleFull,
    },
    ...(offer.value
      ? [
          {
            name: tabled.value ? WIDGET_MENU.hideTable : WIDGET_MENU.showTable,
            testId: "show-table",
            run: toggleTable,
          },
        ]
      : []),
    { name: WIDGET_MENU.duplicate, testId: "duplicate", run: () => state.duplicate(id) },
  ];
}

interface Format {
  readonly extension: string;
  readonly type: string;
  readonly make: () => BlobPart | Promise<BlobPart>;
}

function exports({ title, offer, state }: WidgetMenuProps): MenuEntry[] {
  const offered = offer.value;
  if (!offered) return [];
  const save = async ({ extension, type, make }: Format) => {
    try {
      download(await make(), type, fileName(title.value, extension));
    } catch (error) {
      // A widget's own code failed; the person who asked has to know.
      state.warn(WIDGET_MENU.failed(title.value, String(error)));
    }
  };
  return formatsOf(offered).map((format) => ({
    name: WIDGET_MENU[format.extension],
    testId: `export-${format.extension}`,
    run: () => void save(format),
  }));
}

function formatsOf(offered: Offer): (Format & { readonly extension: "png" | "svg" | "csv" | "json" })[] {
  const { png, svg } = offered;
  return [
    ...(png ? [{ extension: "png" as const, type: "image/png", make: () => png.call(offered) }] : []),
    ...(svg ? [{ extension: "svg" as const, type: "image/svg+xml", make: () => svg.call(offered) }] : []),
    { extension: "csv", type: "text/csv;charset=utf-8", make: () => csvOf(offered.table()) },
    { extension: "json", type: "application/json", make: () => jsonOf(offered.table()) },
  ];
}

const ends = ({ id, title, state }: WidgetMenuProps): MenuEntry[] => [
  { name: WIDGET_MENU.remove, testId: "remove", run: () => state.remove(id, title.value) },
];
