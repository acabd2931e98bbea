import { signal } from "@preact/signals";
import { expect, test } from "vitest";
import { Unreachable } from "../../src/api/errors.ts";
import type { Points } from "../../src/api/points.ts";
import type { LineAxis, Range } from "../../src/base/axis.ts";
import { followPlace } from "../../src/widgets/line/place.ts";
import type { Place } from "../../src/widgets/workspace.ts";

const placeAt = (step: number): Place => ({ run: "a", tag: "loss", steps: { from: step, to: step + 1 } });

const pointsOf = (epoch: number): Points => ({
  run: "a",
  tag: "loss",
  exact: true,
  points: 2,
  unit: null,
  nonfinite: Float64Array.of(0, 0),
  startTime: 0,
  extent: { from: 0, to: 100 },
  step: Float64Array.of(0, 1),
  wallTime: Float64Array.of(0, 1),
  value: Float64Array.of(0, 1),
  epoch: Float64Array.of(epoch, epoch + 1),
  smoothed: null,
});

/** A widget on an axis of epochs, and a server that answers when it is told to. */
function follower(tag: string | null = null) {
  const settings = signal<{ tag: string | null; axis: LineAxis }>({ tag, axis: "epochs" });
  const place = signal<Place | null>(null);
  const ready = signal(true);
  const answers: { answer: (epoch: number) => void; fail: (error: Error) => void }[] = [];
  const client = {
    points: () =>
      new Promise<Points[]>((resolve, reject) => {
        answers.push({ answer: (epoch) => resolve([pointsOf(epoch)]), fail: reject });
      }),
  };
  const shown: Range[] = [];
  const stop = followPlace(
    { client, place, settings },
    () => ready.value,
    (view) => shown.push(view),
  );
  return { settings, place, ready, answers, shown, stop };
}

const settled = () => new Promise((resolve) => setTimeout(resolve));

test("a place is shown where it lies on the axis of the widget", async () => {
  const { place, answers, shown } = follower();
  place.value = placeAt(500);
  answers[0]?.answer(7);
  await settled();
  expect(shown).toEqual([{ from: 7, to: 8 }]);
});

test("of two jumps the last one counts, in whatever order the answers come", async () => {
  const { place, answers, shown } = follower();
  place.value = placeAt(500);
  place.value = placeAt(900);
  answers[1]?.answer(9);
  await settled();
  answers[0]?.answer(5);
  await settled();
  expect(shown).toEqual([{ from: 9, to: 10 }]);
});

test("an answer for another axis than the one that is shown by now goes nowhere", async () => {
  const { place, settings, answers, shown } = follower();
  place.value = placeAt(500);
  settings.value = { tag: null, axis: "seconds" };
  answers[0]?.answer(5);
  await settled();
  expect(shown).toEqual([]);
});

test("a widget that is gone, or whose server is, goes nowhere", async () => {
  const { place, answers, shown, stop } = follower();
  place.value = placeAt(500);
  answers[0]?.fail(new Unreachable("gone"));
  place.value = placeAt(900);
  stop();
  answers[1]?.answer(9);
  await settled();
  expect(shown).toEqual([]);
});

test("it waits until the widget shows that run, and what keeps to another tag stays where it is", async () => {
  const one = follower();
  one.ready.value = false;
  one.place.value = placeAt(500);
  expect(one.answers).toHaveLength(0);
  one.ready.value = true;
  expect(one.answers).toHaveLength(1);
  const other = follower("accuracy");
  other.place.value = placeAt(500);
  expect(other.answers).toHaveLength(0);
});
