import { expect, test } from "vitest";
import { SvgInk } from "../../src/chart/svgInk.ts";
import { escapeXml } from "../../src/chart/xml.ts";

test("what XML may not hold is replaced, and what means something in it is escaped", () => {
  expect(escapeXml(`<a href="x">&\0\u001b\ufffe`)).toBe(
    "&lt;a href=&quot;x&quot;&gt;&amp;\ufffd\ufffd\ufffd",
  );
  expect(escapeXml("half \ud83d, whole 😀")).toBe("half \ufffd, whole 😀");
});

test("a line breaks where it has no place, and a point alone is a dot", () => {
  const ink = new SvgInk(100, 50, "title");
  const none = Number.NaN;
  ink.line(Float64Array.of(0, 1, 2, 3, none, none, 8, 9), { colour: "#123456", width: 1 });
  const points = [...ink.toString().matchAll(/points="([^"]*)"/g)].map(([, found]) => found);
  expect(points).toEqual(["0,1 2,3", "8,9 8,9"]);
});

test("what paints on canvases paints into it", () => {
  const ink = new SvgInk(100, 50, "title");
  ink.canvas({ x: 10, y: 20, width: 50, height: 20 }, (target) => {
    target.useBitmapCoordinateSpace(({ context, bitmapSize }) => {
      context.save();
      context.fillStyle = "#ff0000";
      context.globalAlpha = 0.5;
      context.fillRect(1, 2, bitmapSize.width, 4);
      context.restore();
      context.beginPath();
      context.moveTo(0, 0);
      context.lineTo(3, 4);
      context.stroke();
    });
  });
  const file = ink.toString();
  expect(file).toContain("translate(10 20)");
  expect(file).toContain('<rect x="1" y="2" width="50" height="4" fill="#ff0000" fill-opacity="0.5"/>');
  expect(file).toContain('d="M0 0L3 4"');
});
