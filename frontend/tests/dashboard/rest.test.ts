import { effect, signal } from "@preact/signals";
import { expect, test } from "vitest";
import { restingWorkspace } from "../../src/dashboard/rest.ts";
import type { Workspace } from "../../src/widgets/workspace.ts";

class Tab {
  readonly version = signal("1");
  readonly isSeen = signal(true);
  readonly tags: string[] = [];

  showTag(tag: string): void {
    this.tags.push(tag);
  }
}

function resting() {
  const [tab, inSight] = [new Tab(), signal(true)];
  const workspace = restingWorkspace(tab as unknown as Workspace, inSight);
  const versions: string[] = [];
  effect(() => void versions.push(workspace.version.value));
  return { tab, inSight, workspace, versions };
}

test("a widget hears of newer data only while it is in sight, and then of the newest at once", () => {
  const { tab, inSight, versions } = resting();
  tab.version.value = "2";
  inSight.value = false;
  tab.version.value = "3";
  tab.version.value = "4";
  expect(versions).toEqual(["1", "2"]);
  inSight.value = true;
  tab.version.value = "5";
  expect(versions).toEqual(["1", "2", "4", "5"]);
});

test("a widget is seen where it is in sight of a page that is seen", () => {
  const { tab, inSight, workspace } = resting();
  const seen: boolean[] = [];
  for (const page of [true, false]) {
    for (const place of [true, false]) {
      [tab.isSeen.value, inSight.value] = [page, place];
      seen.push(workspace.isSeen.value);
    }
  }
  expect(seen).toEqual([true, false, false, false]);
});

test("what a widget asks of the tab reaches it, in sight or not", () => {
  const { tab, inSight, workspace } = resting();
  workspace.showTag("loss");
  inSight.value = false;
  workspace.showTag("lr");
  expect(tab.tags).toEqual(["loss", "lr"]);
});
