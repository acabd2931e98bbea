import { signal } from "@preact/signals";
import type { Client } from "../api/client.ts";
import type { Config, Right } from "../api/config.ts";
import { GaveUp, Refused } from "../api/errors.ts";
import { RIGHTS } from "../base/words/rights.ts";
import type { Rights } from "../widgets/workspace.ts";
import { asTyped, kept } from "./storage.ts";

const FORBIDDEN = 403;

/** A person is being asked for the token. */
export interface Asking {
  /** What the server said of the last one; null at the first time. */
  readonly trouble: string | null;
  /** Null: gave up. */
  readonly answer: (token: string | null) => void;
}

/** What this page may change: the token it was handed, or that a person typed in once for this tab of the browser. */
export class TabRights implements Rights {
  readonly config = signal<Config | null>(null);
  readonly asking = signal<Asking | null>(null);
  private readonly typed = kept("sessionStorage", "token", asTyped);
  private asked: Promise<string | null> | null = null;

  constructor(private readonly client: Pick<Client, "config" | "post">) {}

  async refresh(): Promise<Config> {
    const config = await this.client.config();
    this.config.value = config;
    return config;
  }

  async change(right: Right, path: string, body: object): Promise<unknown> {
    const { token } = await this.configWith(right);
    if (token === null) return this.changeAsPerson(right, path, body);
    try {
      return await this.client.post(path, body, token);
    } catch (error) {
      if (!isForbidden(error)) throw error;
      // A TensorBoard that was started anew has another token.
      const now = await this.refresh();
      if (now.token === null || now.token === token) throw error;
      return this.client.post(path, body, now.token);
    }
  }

  /** Refused in the server's words where it is not there. */
  private async configWith(right: Right): Promise<Config> {
    const before = this.config.peek();
    const config = before?.[right] ? before : await this.refresh();
    if (!config[right]) throw new Refused(FORBIDDEN, config.why || RIGHTS.without[right]);
    return config;
  }

  private async changeAsPerson(right: Right, path: string, body: object): Promise<unknown> {
    for (let trouble: string | null = null; ; ) {
      const token = this.typed.peek() || (await this.ask(trouble));
      if (token === null) throw new GaveUp("no token was given");
      try {
        const answer = await this.client.post(path, body, token);
        this.typed.value = token;
        return answer;
      } catch (error) {
        if (!isForbidden(error)) throw error;
        // What is allowed at all is forbidden for its token alone.
        if (!(await this.refresh())[right]) throw error;
        this.typed.value = "";
        trouble = error.message;
      }
    }
  }

  /** Once, however many wait for it. */
  private ask(trouble: string | null): Promise<string | null> {
    this.asked ??= new Promise((resolve) => {
      const answer = (token: string | null) => {
        this.asking.value = null;
        this.asked = null;
        resolve(token);
      };
      this.asking.value = { trouble, answer };
    });
    return this.asked;
  }
}

const isForbidden = (error: unknown): error is Refused =>
  error instanceof Refused && error.status === FORBIDDEN;
