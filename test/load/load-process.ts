// Process: sends the load it is told to, several at once where asked, and tells what became of every request.
import { HttpConnection, type RawAnswer } from "./http-connection.ts";
import { type LoadColumns, type LoadKind, type LoadPlan, OUTCOMES, type Outcome } from "./plan.ts";

/** Milliseconds between two looks at what is due. */
const TICK = 2;
const MAX_STRANGE = 5;

process.on("message", async ({ id, plan }: { readonly id: number; readonly plan: LoadPlan }) => {
  process.send?.({ id, columns: await new Load(plan).run() });
});
process.on("disconnect", () => process.exit());
process.send?.("ready");

class Load {
  readonly #plan: LoadPlan;
  readonly #origin: URL;
  readonly #messages: readonly { readonly bytes: Buffer; readonly right: readonly Buffer[] | null }[];
  readonly #idle: HttpConnection[] = [];
  readonly #columns = { kind: [], outcome: [], due: [], took: [] } as Record<
    "kind" | "outcome" | "due" | "took",
    number[]
  >;
  readonly #strange: string[] = [];
  readonly #lateness: number[] = [];
  #sent = 0;

  constructor(plan: LoadPlan) {
    this.#plan = plan;
    this.#origin = new URL(plan.origin);
    this.#messages = plan.kinds.map((kind) => ({
      bytes: bytesOf(kind, this.#origin.host),
      right: kind.right?.map((text) => Buffer.from(text)) ?? null,
    }));
  }

  async run(): Promise<LoadColumns> {
    const { pace, seconds } = this.#plan;
    if (pace.kind === "open") await this.#connect(pace.connections);
    const until = performance.now() + seconds * 1000;
    if (pace.kind === "open") await this.#open(pace.perSecond, until);
    else await Promise.all(Array.from({ length: pace.connections }, () => this.#closed(until)));
    for (const connection of this.#idle) connection.close();
    const late = this.#lateness.sort((a, b) => a - b);
    return {
      ...this.#columns,
      strange: this.#strange,
      lateness: late[Math.floor(late.length * 0.99)] ?? 0,
    };
  }

  /** Real clients have their connections; that a thousand of them connect at once is another story than load. */
  async #connect(connections: number): Promise<void> {
    for (let number = 0; number < connections; number += 1) {
      const connection = new HttpConnection(this.#origin);
      await connection.connected;
      this.#idle.push(connection);
    }
  }

  async #open(perSecond: number, until: number): Promise<void> {
    const since = performance.now();
    const pending = new Set<Promise<void>>();
    await new Promise<void>((resolve) => {
      const timer = setInterval(() => {
        const now = Math.min(performance.now(), until);
        for (let due = since; due <= now && due < until; this.#sent += 1) {
          due = since + (this.#sent * 1000) / perSecond;
          if (due > now || due >= until) break;
          const one = this.#send(due).finally(() => pending.delete(one));
          pending.add(one);
        }
        if (performance.now() < until) return;
        clearInterval(timer);
        resolve();
      }, TICK);
    });
    await Promise.all(pending);
  }

  async #closed(until: number): Promise<void> {
    while (performance.now() < until) {
      await this.#send(performance.now());
      this.#sent += 1;
    }
  }

  async #send(due: number): Promise<void> {
    const kind = this.#sent % this.#messages.length;
    const message = this.#messages[kind];
    if (!message) throw new Error("there is nothing to send");
    this.#lateness.push(performance.now() - due);
    const connection = this.#takeIdle() ?? new HttpConnection(this.#origin);
    let outcome: Outcome;
    try {
      const answer = await connection.exchange(message.bytes);
      outcome = judge(answer, message.right);
      if (outcome === "other") this.#keep(`${answer.status} ${answer.body.toString()}`);
      if (connection.isOpen) this.#idle.push(connection);
    } catch (error) {
      outcome = "failed";
      this.#keep(String(error));
    }
    this.#columns.kind.push(kind);
    this.#columns.outcome.push(OUTCOMES.indexOf(outcome));
    this.#columns.due.push(performance.timeOrigin + due);
    this.#columns.took.push(performance.now() - due);
  }

  #takeIdle(): HttpConnection | undefined {
    for (let connection = this.#idle.pop(); connection; connection = this.#idle.pop())
      if (connection.isOpen) return connection;
    return undefined;
  }

  #keep(text: string): void {
    if (this.#strange.length < MAX_STRANGE) this.#strange.push(text.slice(0, 300));
  }
}

function bytesOf({ method, path, headers = {}, body }: LoadKind, host: string): Buffer {
  const all = {
    host,
    accept: "*/*",
    ...(method === "POST" ? { "content-type": "application/json" } : {}),
    ...headers,
  };
  const lines = Object.entries({ ...all, "content-length": Buffer.byteLength(body) }).map(
    ([name, value]) => `${name}: ${value}\r\n`,
  );
  return Buffer.from(`${method} ${path} HTTP/1.1\r\n${lines.join("")}\r\n${body}`);
}

function judge({ status, head, body }: RawAnswer, right: readonly Buffer[] | null): Outcome {
  if (status === 200 && (right === null || right.some((text) => text.equals(body)))) return "good";
  const isShed = status === 503 && /\r\nretry-after: *\d+/.test(head) && body.includes('"OVERLOADED"');
  return isShed ? "shed" : "other";
}
