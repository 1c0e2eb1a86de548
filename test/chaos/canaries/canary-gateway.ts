import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { trust } from "../../testkit/small-mesh.ts";
import { SwappedProcess } from "../../testkit/start-swapped.ts";
import type { TokenIssuer } from "../../testkit/token-issuer.ts";
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
  DPG_OVERLOAD_BACKLOG_MS: "60000",
  DPG_OVERLOAD_IN_FLIGHT: "10000",
  DPG_POLICIES_TIMEOUT_MS: "30000",
  DPG_SUBGRAPH_DEFAULTS_TIMEOUT_MS: "30000",
  DPG_SUBGRAPH_DEFAULTS_RETRIES: "0",
};

/** A gateway process for the canaries' load. */
export class CanaryGateway {
  /** What it printed that holds a canary or a token. */
  readonly leaks: string[];
  readonly #process: SwappedProcess;
  readonly #directory: string;

  private constructor(started: SwappedProcess, directory: string, leaks: string[]) {
    this.#process = started;
    this.#directory = directory;
    this.leaks = leaks;
  }

  static async start(
    supergraph: string,
    issuer: TokenIssuer,
    settings: CanarySettings,
  ): Promise<CanaryGateway> {
    const directory = mkdtempSync(join(tmpdir(), "dpg-canaries-"));
    writeFileSync(join(directory, "vip.cedar"), VIP_POLICY);
    const env = {
      ...PATIENCE,
      DPG_EXECUTOR: settings.executor,
      DPG_SHARING: settings.sharing,
      DPG_POLICIES_DIRECTORY: directory,
      DPG_AUTH_ISSUERS: JSON.stringify([trust(issuer)]),
    };
    const leaks: string[] = [];
    const tokenStart = issuer.token().slice(0, 30);
    const started = await SwappedProcess.start(supergraph, env, (text) => {
      if (CANARY.test(text) || text.includes(tokenStart)) leaks.push(text);
    });
    return new CanaryGateway(started, directory, leaks);
  }

  get url(): string {
    return this.#process.url;
  }

  /** Resolves once this supergraph is served. */
  serve(supergraph: string): Promise<void> {
    return this.#process.serve(supergraph);
  }

  async stop(): Promise<void> {
    await this.#process.stop();
    rmSync(this.#directory, { recursive: true, force: true });
  }
}
