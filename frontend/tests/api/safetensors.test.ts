import { expect, test } from "vitest";
import { BadAnswer } from "../../src/api/errors.ts";
import { decodeSafetensors } from "../../src/api/safetensors.ts";
import { safetensors } from "./wire.ts";

test("doubles arrive bit by bit and integers as numbers", () => {
  const values = [0.1, -0, 5e-324, 1.7976931348623157e308, Number.NaN];
  const { columns } = decodeSafetensors(
    safetensors({
      open: { dtype: "F64", values },
      first_step: { dtype: "I64", values: [0n, 999_999n, -(2n ** 63n)] },
    }),
  );
  expect([...(columns.get("open") ?? [])]).toEqual(values);
  expect([...(columns.get("first_step") ?? [])]).toEqual([0, 999_999, Number.NaN]);
});

test("a known body decodes byte for byte", () => {
  const header = '{"a":{"dtype":"F64","shape":[1],"data_offsets":[0,8]},"__metadata__":{"k":"v"}}';
  const body = new Uint8Array(8 + header.length + 8);
  body[0] = header.length;
  body.set(new TextEncoder().encode(header), 8);
  body.set([0, 0, 0, 0, 0, 0, 0xf8, 0x3f], 8 + header.length);
  const { columns, metadata } = decodeSafetensors(body.buffer);
  expect([...(columns.get("a") ?? [])]).toEqual([1.5]);
  expect(metadata).toEqual({ k: "v" });
});

test("an answer that is cut short is refused, wherever it is cut", () => {
  const whole = safetensors({ open: { dtype: "F64", values: [1, 2, 3] } });
  for (const length of [0, 4, 20, whole.byteLength - 1]) {
    expect(() => decodeSafetensors(whole.slice(0, length))).toThrow(BadAnswer);
  }
});
