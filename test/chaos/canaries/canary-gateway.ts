import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { AUDIENCE, type TokenIssuer } from "../../testkit/token-issuer.ts";
import { CANARY } from "./identities.ts";
import { VIP_POLICY } from "./subgraphs.ts";

/** Which of the gateway's ways to an answer are tried. */
export interface CanarySettings {
  readonly executor: "compiled" | "apollo";
  readonly sharing: "subgraph" | "request";
}

/** What gives an answer time enough on a busy machine: here it is judged for whom it is, not when it comes. */
const PATIENCE = {
  DPG_LIMITS_REQUEST_MS: "60000",
  DPG_LIMITS_PLAN_MS: "30000",
  DPG_LIMITS_BATCH: "20",
  DPG_HTTP_HEADERS_TIMEOUT_MS: "120000",
  DPG_HTTP_REQUEST_TIMEOUT_MS: "120000",
  DPG_HTTP_WRITE_TIMEOUT_MS: "120000",
  DPG_OVERLOAD_LOOP_DELAY_MS: "60000",
  DPG_OVERLOAD_IN_FLIGHT: "10000",
  DPG_POLICIES_TIMEOUT_MS: "30000",
};

/** A gateway process for the canaries' load. */
export class CanaryGateway {
  /** Lines of its log, errors included, that hold a canary or a token. */
  readonly leaks: string[] = [];
  #errors = "";
  readonly #child: ChildProcess;
  readonly #directory: string;

  private constructor(child: ChildProcess, directory: string, issuer: TokenIssuer) {
    this.#child = child;
    this.#directory = directory;
    for (const stream of [child.stdout, child.stderr])
      stream?.setEncoding("utf8").on("data", (chunk: string) => {
        if (CANARY.test(chunk) || chunk.includes(issuer.token().slice(0, 30))) this.leaks.push(chunk);
      });
    child.stderr?.on("data", (chunk: string) => {
      this.#errors = (this.#errors + chunk).slice(-2000);
    });
  }

  static async start(
    supergraph: string,
    issuer: TokenIssuer,
    settings: CanarySettings,
  ): Promise<CanaryGateway & { readonly url: string }> {
    const directory = mkdtempSync(join(tmpdir(), "dpg-canaries-"));
    writeFileSync(join(directory, "vip.cedar"), VIP_POLICY);
    const { url, jwksUrl } = issuer;
    const program = fileURLToPath(new URL("../../testkit/swapped-process.ts", import.meta.url));
    const child = fork(program, [], {
      execArgv: ["--import", "tsx", "--max-semi-space-size=64", "--max-old-space-size=2000"],
      stdio: ["ignore", "pipe", "pipe", "ipc"],
      env: {
        ...process.env,
        ...PATIENCE,
        DPG_EXECUTOR: settings.executor,
        DPG_SHARING: settings.sharing,
        DPG_POLICIES_DIRECTORY: directory,
        DPG_AUTH_ISSUERS: JSON.stringify([
          { issuer: url, jwksUrl, audience: AUDIENCE, algorithms: ["ES256"] },
        ]),
        DPG_SUBGRAPH_DEFAULTS_TIMEOUT_MS: "30000",
        DPG_SUBGRAPH_DEFAULTS_RETRIES: "0",
      },
    });
    const gateway = new CanaryGateway(child, directory, issuer);
    return Object.assign(gateway, { url: await gateway.serve(supergraph) });
  }

  /** Resolves with the address once this supergraph is served. */
  async serve(supergraph: string): Promise<string> {
    const ended = once(this.#child, "exit").then(() => {
      throw new Error(`the gateway ended: ${this.#errors}`);
    });
    this.#child.send(supergraph);
    const [url] = await Promise.race([once(this.#child, "message"), ended]);
    return String(url);
  }

  async stop(): Promise<void> {
    const ended = once(this.#child, "exit");
    this.#child.disconnect();
    await ended;
    rmSync(this.#directory, { recursive: true, force: true });
  }
}
