import { expect, test } from "vitest";
import { Client } from "../../src/api/client.ts";
import { GaveUp, Refused } from "../../src/api/errors.ts";
import { TabRights } from "../../src/shell/rights.ts";

const OPEN = { control: true, launch: false, logdir: "runs", token: "first", token_needed: false, why: "" };
const ASKING = { ...OPEN, token: null, token_needed: true };

/** A server with such a config, whose token is `token`; both can change as it is started anew. */
class Host {
  readonly posted: { readonly token: string | null; readonly body: unknown }[] = [];
  readonly rights: TabRights;

  constructor(
    public config: Readonly<Record<string, unknown>>,
    public token: string,
  ) {
    this.rights = new TabRights(
      new Client(new URL("http://host/candles/"), (url, options) => this.answer(url, options)),
    );
  }

  private async answer(url: URL, { method, body, headers }: RequestInit): Promise<Response> {
    if (method !== "POST") return Response.json(this.config);
    expect([url.pathname, new Headers(headers).get("Content-Type")]).toEqual([
      "/candles/control",
      "application/json",
    ]);
    const token = new Headers(headers).get("X-Candles-Token");
    this.posted.push({ token, body: JSON.parse(String(body)) });
    if (token !== this.token) return Response.json({ error: "the token is not this one" }, { status: 403 });
    return Response.json({ id: "1", state: "sent" }, { status: 202 });
  }

  stop(): Promise<unknown> {
    return this.rights.change("control", "control", { run: "a", command: "stop" });
  }
}

const settle = () => new Promise((resolve) => setTimeout(resolve));

test("a change carries the token that the page was handed", async () => {
  const host = new Host(OPEN, "first");
  expect(await host.stop()).toEqual({ id: "1", state: "sent" });
  expect(host.posted).toEqual([{ token: "first", body: { run: "a", command: "stop" } }]);
});

test("a TensorBoard that was started anew is asked for its new token, and told once more", async () => {
  const host = new Host(OPEN, "first");
  await host.stop();
  host.config = { ...OPEN, token: "second" };
  host.token = "second";
  await host.stop();
  expect(host.posted.map(({ token }) => token)).toEqual(["first", "first", "second"]);
});

test("where a person has to know the token they are asked for it once, and told that one was wrong", async () => {
  const host = new Host(ASKING, "right");
  const [one, other] = [host.stop(), host.stop()];
  await settle();
  expect(host.rights.asking.value?.trouble).toBe(null);
  host.rights.asking.value?.answer("wrong");
  await settle();
  expect(host.rights.asking.value?.trouble).toBe("the token is not this one");
  host.rights.asking.value?.answer("right");
  await Promise.all([one, other]);
  await host.stop();
  expect(host.rights.asking.value).toBe(null);
  expect(host.posted.slice(-1)).toMatchObject([{ token: "right" }]);
});

test("who gives up sends nothing, and is asked again the next time", async () => {
  const host = new Host(ASKING, "right");
  const asked = host.stop();
  await settle();
  host.rights.asking.value?.answer(null);
  await expect(asked).rejects.toBeInstanceOf(GaveUp);
  expect(host.posted).toEqual([]);
  void host.stop().catch(() => undefined);
  await settle();
  expect(host.rights.asking.value).not.toBe(null);
});

test("what is switched off is refused in the server's words, and nobody is asked for a token", async () => {
  const host = new Host(
    { ...OPEN, control: false, token: null, why: "started without --candles_control" },
    "",
  );
  const asked = host.stop();
  await expect(asked).rejects.toEqual(new Refused(403, "started without --candles_control"));
  expect([host.posted, host.rights.asking.value]).toEqual([[], null]);
});
