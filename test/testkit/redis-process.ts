import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:net";
import { portOf } from "./gateway-identity.ts";

/** A real `redis-server` on a free port, with a password, that can be killed, halted and started again. */
export class RedisProcess {
  readonly password = randomBytes(12).toString("hex");
  readonly #port: number;
  #child: ChildProcess | null = null;

  private constructor(port: number) {
    this.#port = port;
  }

  static async start(): Promise<RedisProcess> {
    const probe = createServer().listen(0, "127.0.0.1");
    await once(probe, "listening");
    const port = portOf(probe.address());
    await new Promise((resolve) => probe.close(resolve));
    const started = new RedisProcess(port);
    await started.startAgain();
    return started;
  }

  /** With this password, or the right one. */
  url(password = this.password): string {
    return `redis://:${password}@127.0.0.1:${this.#port}`;
  }

  /** Resolves once it answers; rejects where it cannot be started. */
  async startAgain(): Promise<void> {
    const child = spawn("redis-server", ["-"], { stdio: ["pipe", "pipe", "inherit"] });
    this.#child = child;
    child.stdin.end(
      `port ${this.#port}\nbind 127.0.0.1\nrequirepass ${this.password}\nsave ""\nappendonly no\ndir /tmp\n`,
    );
    await new Promise<void>((resolve, reject) => {
      child.once("error", reject).once("exit", () => reject(new Error("redis-server ended")));
      let printed = "";
      child.stdout.on("data", (part: Buffer) => {
        printed += part;
        if (printed.includes("Ready to accept connections")) resolve();
      });
    });
  }

  signal(name: "SIGSTOP" | "SIGCONT"): void {
    this.#child?.kill(name);
  }

  async kill(): Promise<void> {
    const child = this.#child;
    this.#child = null;
    if (child === null) return;
    const ended = once(child, "exit");
    child.kill("SIGKILL");
    await ended;
  }
}
