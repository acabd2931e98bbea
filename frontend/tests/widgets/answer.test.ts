import { expect, test } from "vitest";
import { Refused, Unreachable } from "../../src/api/errors.ts";
import { Answer } from "../../src/widgets/answer.ts";

test("a refusal takes the place of the answer, and an answer that of a refusal", () => {
  const answer = new Answer<number>();
  answer.take(1);
  expect([answer.known.value, answer.refusal.value]).toEqual([1, null]);
  answer.fail(new Refused(400, "too many"));
  expect([answer.known.value, answer.refusal.value]).toEqual([null, "too many"]);
  answer.take(2);
  expect([answer.known.value, answer.refusal.value]).toEqual([2, null]);
});

test("what is known stays where nobody answers", () => {
  const answer = new Answer<number>();
  answer.take(1);
  answer.fail(new Unreachable("gone"));
  expect([answer.known.value, answer.refusal.value]).toEqual([1, null]);
});
