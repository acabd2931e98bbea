import { expect, test } from "vitest";
import { firstDirectory, pythonLiteral } from "../../src/base/logdir.ts";
import { emptySnippet } from "../../src/base/strings.ts";

test.each([
  ["/logs/my runs", "/logs/my runs"],
  ["runs", "runs"],
  ["/logs/a:b", "/logs/a:b"],
  ["C:\\logs", "C:\\logs"],
  ["a:/one,b:/two", "/one"],
  ["a:/one:with/a/colon", "/one:with/a/colon"],
  ["/one,/two", "/one"],
  ["gs://bucket/logs", null],
  ["far:gs://bucket/logs,near:/logs", "/logs"],
  ["far:s3://bucket", null],
  ["", null],
])("the first directory of %s is %s", (logdir, directory) => {
  expect(firstDirectory(logdir)).toBe(directory);
});

test("a path is a Python literal that nothing in it can leave or disguise", () => {
  expect(pythonLiteral("/logs/ünï 日本")).toBe('"/logs/ünï 日本"');
  expect(pythonLiteral('C:\\a"); import os #')).toBe('"C:\\\\a\\"); import os #"');
  expect(pythonLiteral("a\nb\u202e\u2028\u{e0001}\x7f\udc80")).toBe(
    '"a\\nb\\u202e\\u2028\\U000e0001\\u007f\\udc80"',
  );
});

test("the suggested lines log into the directory, or leave it out", () => {
  expect(emptySnippet('"/logs"')).toContain('Tracker(project="my-cnn", logdir="/logs")');
  expect(emptySnippet(null)).toContain('Tracker(project="my-cnn")');
});
