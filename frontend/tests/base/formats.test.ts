import { expect, test } from "vitest";
import { csvOf } from "../../src/base/csv.ts";
import { fileName } from "../../src/base/fileName.ts";
import { pack, Unpackable, unpack } from "../../src/base/pack.ts";
import { jsonOf } from "../../src/base/tableJson.ts";

const table = {
  columns: [
    { name: "run", values: ['a "quoted", b', "line\nbreak", "plain"] },
    { name: "=value", values: Float64Array.of(Math.fround(0.1), Number.NaN, -1e300) },
    { name: "x", values: [1, 2, Number.POSITIVE_INFINITY] },
  ],
};

test("CSV quotes what RFC 4180 says, writes doubles exactly and leaves out what is missing", () => {
  expect(csvOf(table)).toBe(
    "run,'=value,x\r\n" +
      '"a ""quoted"", b",0.10000000149011612,1\r\n' +
      '"line\nbreak",,2\r\n' +
      "plain,-1e+300,Infinity\r\n",
  );
});

test.each(["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", '=HYPERLINK("http://x")'])(
  "the text %j is no formula in a spreadsheet",
  (text) => {
    const [, line = ""] = csvOf({ columns: [{ name: "n", values: [text] }] }).split("\r\n");
    expect(line.replace(/^"/, "").startsWith("'")).toBe(true);
  },
);

test("negative numbers are numbers", () => {
  expect(csvOf({ columns: [{ name: "n", values: [-1.5] }] })).toBe("n\r\n-1.5\r\n");
});

test("a table without columns or rows has nothing below its header", () => {
  expect(csvOf({ columns: [] })).toBe("\r\n");
  expect(csvOf({ columns: [{ name: "n", values: [] }] })).toBe("n\r\n");
});

test("JSON has columns by name, null for what is missing, and every double comes back", () => {
  expect(JSON.parse(jsonOf(table))).toEqual({
    columns: {
      run: ['a "quoted", b', "line\nbreak", "plain"],
      "=value": [Math.fround(0.1), null, -1e300],
      x: [1, 2, "Infinity"],
    },
  });
});

test.each([
  ["train/loss · digits/run:1", "train-loss-digits-run-1.csv"],
  ["../../etc/passwd", "etc-passwd.csv"],
  ["Verlust größer", "Verlust-größer.csv"],
  ["<>:|?*", "candles.csv"],
  ["lr=0.1_a+b", "lr=0.1_a+b.csv"],
  ["x".repeat(300), `${"x".repeat(80)}.csv`],
])("the file of %j is %j", (words, name) => {
  expect(fileName(words, "csv")).toBe(name);
});

test("what is packed comes back, in letters of an address", async () => {
  const text = JSON.stringify({ runs: Array.from({ length: 500 }, (_, i) => `run/ünï-${i}-🦆`) });
  const packed = await pack(text);
  expect(packed).toMatch(/^[\w-]+$/);
  expect(packed.length).toBeLessThan(text.length / 3);
  expect(await unpack(packed, 1e6)).toBe(text);
});

test("damaged and bloated packs are refused", async () => {
  const packed = await pack("x".repeat(100_000));
  await expect(unpack(packed, 99_999)).rejects.toThrow(Unpackable);
  await expect(unpack(packed.slice(0, -3), 1e6)).rejects.toThrow(Unpackable);
  for (const broken of ["!", "abc", "A", "ÿ"]) await expect(unpack(broken, 1e6)).rejects.toThrow(Unpackable);
});
