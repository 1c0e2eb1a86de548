import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "./free-port.ts";
import { dpg, ROOT } from "./run-command.ts";

export interface GraphQLAnswer {
  readonly status: number;
  readonly text: string;
  readonly data: unknown;
  readonly errors: readonly { message: string; path?: unknown[]; extensions: Record<string, unknown> }[];
}

/** The whole demo as `npm start` runs it, with its own ports and data. */
export class Mesh {
  readonly port: number;
  readonly dataDirectory: string;
  readonly npm: ChildProcess;
  readonly #output: { text: string };
  readonly #tokens = new Map<string, Promise<string>>();

  private constructor(port: number, dataDirectory: string, npm: ChildProcess, output: { text: string }) {
    this.port = port;
    this.dataDirectory = dataDirectory;
    this.npm = npm;
    this.#output = output;
  }

  /** Starts `npm start` and waits until it says where it serves; milliseconds taken in `readyAfter`. */
  static async start(
    options: {
      port?: number;
      dataDirectory?: string;
      env?: Readonly<Record<string, string>>;
      /** Of another copy of the repository. */
      root?: string;
    } = {},
  ): Promise<Mesh> {
    const port = options.port ?? (await freePort());
    const dataDirectory = options.dataDirectory ?? mkdtempSync(join(tmpdir(), "dpg-mesh-"));
    const npm = spawn("npm", ["start"], {
      cwd: options.root ?? ROOT,
      env: { ...process.env, ...options.env, PORT: String(port), DPG_DATA_DIR: dataDirectory },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const output = { text: "" };
    for (const stream of [npm.stdout, npm.stderr])
      stream?.on("data", (chunk: Buffer) => {
        output.text += chunk.toString();
      });
    const mesh = new Mesh(port, dataDirectory, npm, output);
    await mesh.#ready();
    return mesh;
  }

  get output(): string {
    return this.#output.text;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** A persona's token, made once. */
  personaToken(persona: string): Promise<string> {
    const known = this.#tokens.get(persona) ?? this.token("--persona", persona);
    this.#tokens.set(persona, known);
    return known;
  }

  /** A token of the development issuer. */
  async token(...args: readonly string[]): Promise<string> {
    const { stdout, stderr, code } = await dpg(["token", ...args], { DPG_DATA_DIR: this.dataDirectory });
    if (code !== 0) throw new Error(stderr);
    return stdout.trim();
  }

  /** Runs an operation as a persona, with a token (`Bearer` given), or anonymously. */
  async query(
    query: string,
    caller: { persona?: string; headers?: Record<string, string>; variables?: object } = {},
  ): Promise<GraphQLAnswer> {
    const authorization = caller.persona
      ? { authorization: `Bearer ${await this.personaToken(caller.persona)}` }
      : {};
    const response = await fetch(`${this.url}/graphql`, {
      method: "POST",
      headers: { "content-type": "application/json", ...authorization, ...caller.headers },
      body: JSON.stringify({ query, variables: caller.variables }),
    });
    const text = await response.text();
    const { data, errors = [] } = JSON.parse(text);
    return { status: response.status, text, data, errors };
  }

  /** SIGTERM to npm alone, as a process manager sends it; resolves with the milliseconds it took. */
  async terminate(): Promise<number> {
    const since = performance.now();
    if (this.npm.exitCode === null && this.npm.signalCode === null) {
      const ended = new Promise((resolve) => this.npm.once("exit", resolve));
      this.npm.kill("SIGTERM");
      await ended;
    }
    while (await answers(this.port)) await pause(50);
    return performance.now() - since;
  }

  async remove(): Promise<void> {
    await this.terminate();
    rmSync(this.dataDirectory, { recursive: true, force: true });
  }

  async #ready(): Promise<void> {
    while (!this.output.includes("/graphiql")) {
      if (this.npm.exitCode !== null) throw new Error(`npm start ended:\n${this.output}`);
      await pause(50);
    }
  }
}

async function answers(port: number): Promise<boolean> {
  return fetch(`http://127.0.0.1:${port}/health/live`).then(
    () => true,
    () => false,
  );
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
