import { Unreachable } from "../api/errors.ts";
import { backoffMs } from "./poller.ts";

/** What is to be known. */
export interface Question<Subject> {
  readonly subject: Subject;
  /** Of the data; another one means that there may be another answer. */
  readonly version: string;
}

export interface Reply<Answer> {
  readonly answer: Answer;
  /** False where there is more to come, without any new data. */
  readonly isComplete: boolean;
  /** Names the answer, for the next request. */
  readonly etag: string;
}

export interface LatestListener<Subject, Answer> {
  answered(answer: Answer, subject: Subject): void;
  failed(error: unknown): void;
}

/** Null: nothing has changed since the answer that `etag` names. */
type Ask<Subject, Answer> = (
  subject: Subject,
  etag: string,
  signal: AbortSignal,
) => Promise<Reply<Answer> | null>;

const INCOMPLETE_MS = 500;

// A server that needs long for an answer is not kept busy with it all the time.
const REST_PER_WORK = 1;

/**
 * Keeps up with a question whose subject and data change: one request at a time, the newest question next.
 * A new version waits for the answer on its way; a new subject breaks it off.
 */
export class Latest<Subject, Answer> {
  private wanted: Question<Subject> | null = null;
  private answered: Question<Subject> | null = null;
  private running: AbortController | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private failures = 0;
  private isComplete = true;
  private etag = "";

  constructor(
    private readonly ask: Ask<Subject, Answer>,
    private readonly listener: LatestListener<Subject, Answer>,
    /** How long an answer is good enough at least, however fast the data grows. */
    private readonly restMs = 1,
    /** Whether answers change without any new data: after each, and after a refusal, it is asked again. */
    private readonly isLive = false,
  ) {}

  /** Null: nothing, for now. */
  want(question: Question<Subject> | null): void {
    const before = this.wanted;
    this.wanted = question;
    if (before && question && same(before.subject, question.subject)) {
      if (this.running === null && this.timer === undefined) this.next(0);
      return;
    }
    this.stop();
    this.answered = null;
    this.failures = 0;
    this.etag = "";
    this.next(0);
  }

  close(): void {
    this.want(null);
  }

  private stop(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.running?.abort();
    this.running = null;
  }

  private next(waitMs: number): void {
    if (waitMs === 0) {
      if (this.wanted !== null && !same(this.wanted, this.answered)) void this.run(this.wanted);
      return;
    }
    this.timer = setTimeout(() => {
      this.timer = undefined;
      this.next(0);
    }, waitMs);
  }

  private async run(question: Question<Subject>): Promise<void> {
    const running = new AbortController();
    this.running = running;
    const began = Date.now();
    try {
      const reply = await this.ask(question.subject, this.etag, running.signal);
      if (this.running !== running) return;
      this.running = null;
      this.took(question, reply, Date.now() - began);
    } catch (error) {
      if (this.running !== running) return;
      this.running = null;
      this.fell(question, error);
    }
  }

  private took(question: Question<Subject>, reply: Reply<Answer> | null, tookMs: number): void {
    this.failures = 0;
    if (reply) {
      this.isComplete = reply.isComplete;
      this.etag = reply.etag;
      this.listener.answered(reply.answer, question.subject);
    }
    this.answered = this.isComplete && !this.isLive ? question : null;
    this.next(Math.max(REST_PER_WORK * tookMs, this.isComplete ? this.restMs : INCOMPLETE_MS));
  }

  private fell(question: Question<Subject>, error: unknown): void {
    this.listener.failed(error);
    // Who was told may have let go of the answer: "nothing has changed" would not bring it back.
    this.etag = "";
    if (error instanceof Unreachable || this.isLive) this.failures += 1;
    // What was refused would be refused again, asked in the same way.
    else this.answered = question;
    this.next(backoffMs(this.failures));
  }
}

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);
