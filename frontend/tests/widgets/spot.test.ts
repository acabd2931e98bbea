import { expect, test } from "vitest";
import { CANDLE_COLUMNS, type CandleColumn, type Candles } from "../../src/api/types.ts";
import {
  bucketOfSteps,
  longerWick,
  placeOfSteps,
  spotOf,
  viewAround,
} from "../../src/widgets/candles/spot.ts";

function candles(columns: Partial<Record<CandleColumn, number[]>>, rest: Partial<Candles> = {}): Candles {
  const filled = CANDLE_COLUMNS.map((name) => [name, Float64Array.from(columns[name] ?? [0, 0])]);
  return {
    run: "r",
    tag: "loss",
    by: "epochs",
    width: 1,
    exact: true,
    points: 2,
    polarity: "lower_is_better",
    unit: "nats",
    volume: "count",
    extent: { from: 3, to: 5 },
    columns: Object.fromEntries(filled),
    ...rest,
  };
}

const EPOCHS = candles({
  x: [3, 4],
  first_step: [300, 400],
  last_step: [399, 499],
  open: [1, 2],
  high: [9, 2.5],
  low: [0.5, -7],
  close: [2, 2],
  high_step: [333, 404],
  low_step: [390, 444],
});

test("steps lie where the candles are that hold them", () => {
  expect(placeOfSteps(EPOCHS, { from: 310, to: 320 })).toEqual({ from: 3, to: 4 });
  expect(placeOfSteps(EPOCHS, { from: 399, to: 401 })).toEqual({ from: 3, to: 5 });
  expect(placeOfSteps(EPOCHS, { from: 500, to: 600 })).toBeNull();
  expect(placeOfSteps({ ...EPOCHS, by: "steps" }, { from: 7, to: 8 })).toEqual({ from: 7, to: 8 });
});

test("a place is shown in the middle with something around it", () => {
  expect(viewAround({ from: 1234, to: 1235 }, 40)).toEqual({ from: 1214.5, to: 1254.5 });
  expect(viewAround({ from: 0, to: 100 }, 40)).toEqual({ from: -200, to: 300 });
});

test("the end of a wick is a step and a value", () => {
  expect(longerWick(EPOCHS, 0)).toBe("high");
  expect(longerWick(EPOCHS, 1)).toBe("low");
  expect(spotOf(EPOCHS, 1, "low")).toEqual({
    run: "r",
    steps: { from: 444, to: 445 },
    found: { extreme: "low", value: -7, unit: "nats" },
    blinks: false,
  });
  expect(spotOf(candles({ high: [Number.NaN, 1] }), 0, "high")).toBeNull();
});

test("a step lies in the candle that holds it, and in none where it fell out", () => {
  expect(bucketOfSteps(EPOCHS, { from: 399, to: 400 })).toBe(3);
  expect(bucketOfSteps(EPOCHS, { from: 400, to: 777 })).toBe(4);
  expect(bucketOfSteps(EPOCHS, { from: 299, to: 300 })).toBeNull();
  expect(bucketOfSteps(EPOCHS, { from: 500, to: 501 })).toBeNull();
});
