import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { prepareAudit } from "../../gateway/audit/prepare-audit.ts";
import {
  DEVELOPMENT_AUDIENCE,
  DEVELOPMENT_ISSUER,
  findPersona,
  openDevelopmentIssuer,
  personaToken,
  serveJwks,
} from "../../gateway/commands/development-issuer.ts";
import { compose } from "../../gateway/registry/compose.ts";
import { startEmbeddedPostgres } from "../../shared/postgres/embedded-postgres.ts";
import { portOf } from "../testkit/gateway-identity.ts";
import { type BenchProcess, startBenchProcess } from "./child-process.ts";
import { sources } from "./domains.ts";

/** One gateway of the comparison, listening. */
export interface Participant {
  readonly name: string;
  readonly process: BenchProcess;
  /** Where a workload is posted. */
  readonly url: (workload: string) => string;
  readonly kind: "stock" | "probe" | "ours" | "limited" | "governed" | "unaudited";
}

/** Everything that runs. */
export interface Field {
  readonly subgraphs: BenchProcess;
  readonly participants: readonly Participant[];
  /** Bearer tokens by persona. */
  readonly tokens: ReadonlyMap<string, string>;
  readonly stop: () => Promise<void>;
}

export const PERSONAS = ["storefront", "analyst", "support-emea", "steward"] as const;

const GATEWAY = "gateway/commands/main.js";
/** What is limited only where it is asked for, beside what always is: budgets of callers, and time for the parts of a call. */
const EVERY_LIMIT = {
  DPG_RATE_LIMITS_IDENTITY_REQUESTS: "1000000000",
  DPG_RATE_LIMITS_IDENTITY_COST: "1000000000",
  DPG_RATE_LIMITS_CLIENT_REQUESTS: "1000000000",
  DPG_RATE_LIMITS_CLIENT_COST: "1000000000",
  DPG_SUBGRAPH_DEFAULTS_HEADERS_TIMEOUT_MS: "1500",
  DPG_SUBGRAPH_DEFAULTS_BODY_TIMEOUT_MS: "500",
};
/** Our gateway's variants: name, kind and settings. */
const OURS: readonly (readonly [string, Participant["kind"], Readonly<Record<string, string>>])[] = [
  ["ours", "ours", {}],
  ["ours, Apollo lane only", "ours", { DPG_HOT_LANE: "false" }],
  ["ours, subgraph calls shared", "ours", { DPG_SHARING: "subgraph" }],
  ["ours, whole requests shared", "ours", { DPG_SHARING: "request" }],
  ["ours, every limit", "limited", EVERY_LIMIT],
  ["ours, governed", "governed", {}],
  ["ours, governed, no audit", "unaudited", {}],
];

/** Whether a participant applies masks and row filters, to callers with tokens. */
export function isGoverned({ kind }: Pick<Participant, "kind">): boolean {
  return kind === "governed" || kind === "unaudited";
}

/** Starts the domains, the stock gateway, the limit probe and our gateway's variants: gateways on one CPU, the rest on another. */
export async function startField(pinned: boolean): Promise<Field> {
  const directory = mkdtempSync(join(tmpdir(), "dpg-bench-"));
  const started: BenchProcess[] = [];
  const keep = async (starting: Promise<BenchProcess>): Promise<BenchProcess> => {
    const process = await starting;
    started.push(process);
    return process;
  };
  const issuer = await openDevelopmentIssuer(directory);
  const issuerServer = await serveJwks(issuer, 0);
  const audit = await startAuditDatabase();
  const stop = async () => {
    await Promise.all(started.map((process) => process.stop()));
    issuerServer.close();
    await audit.stop();
    rmSync(directory, { recursive: true, force: true });
  };
  try {
    const [gatewayCpu, otherCpu] = pinned ? [0, 1] : [null, null];
    const subgraphs = await keep(
      startBenchProcess({ module: "test/bench/subgraphs.js", cpu: otherCpu, greets: "message" }),
    );
    const urls = new Map(subgraphs.hello.urls as readonly [string, string][]);
    const plain = writeSupergraph(directory, false, urls);
    const governed = writeSupergraph(directory, true, urls);
    const issuers = [
      {
        issuer: DEVELOPMENT_ISSUER,
        audience: DEVELOPMENT_AUDIENCE,
        algorithms: ["EdDSA"],
        jwksUrl: `http://127.0.0.1:${portOf(issuerServer.address())}/jwks.json`,
      },
    ];
    const participants: Participant[] = [];
    const add = async (
      name: string,
      kind: Participant["kind"],
      options: Omit<Parameters<typeof startBenchProcess>[0], "cpu">,
    ) => {
      const process = await keep(startBenchProcess({ ...options, cpu: gatewayCpu }));
      const url = String(process.hello.url).replace(/\/$/, "");
      const path = kind === "stock" ? () => `${url}/` : () => `${url}/graphql`;
      participants.push({
        name,
        kind,
        process,
        url: kind === "probe" ? (workload) => `${url}/${workload}` : path,
      });
    };
    await add("stock Apollo", "stock", {
      module: "test/bench/stock-gateway.js",
      args: [plain],
      greets: "message",
    });
    await add("limit probe", "probe", { module: "test/bench/limit-probe.js", greets: "message" });
    for (const [name, kind, settings] of OURS) {
      const auth = isGoverned({ kind }) ? { DPG_AUTH_ISSUERS: JSON.stringify(issuers) } : {};
      const recorded = kind === "governed" ? { DPG_AUDIT_DATABASE_URL: audit.url } : {};
      await add(name, kind, {
        module: GATEWAY,
        args: ["serve", "--supergraph", isGoverned({ kind }) ? governed : plain, "--port", "0"],
        nodeFlags: NODE_FLAGS,
        env: { DPG_GRAPHIQL: "false", ...auth, ...recorded, ...settings },
        greets: "log",
      });
    }
    const tokens = await Promise.all(
      PERSONAS.map(
        async (name) => [name, await issuer.token(personaToken(findPersona(name), "2h"))] as const,
      ),
    );
    return { subgraphs, participants, tokens: new Map(tokens), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** A real Postgres that waits for its disk, on the CPU of whoever starts it. */
async function startAuditDatabase() {
  const dataDirectory = mkdtempSync(join(tmpdir(), "dpg-bench-audit-"));
  const postgres = await startEmbeddedPostgres({ dataDirectory });
  return {
    url: await prepareAudit(postgres.adminUrl, "audit"),
    stop: async () => {
      await postgres.stop();
      rmSync(dataDirectory, { recursive: true, force: true });
    },
  };
}

/** As the `dpg` command starts node: its first line says so. */
const NODE_FLAGS: readonly string[] =
  readFileSync(join(import.meta.dirname, "../../../gateway/commands/dpg.mjs"), "utf8")
    .split("\n", 1)[0]
    ?.match(/--\S+/g) ?? [];

function writeSupergraph(directory: string, governed: boolean, urls: ReadonlyMap<string, string>): string {
  const result = compose(sources(governed, urls));
  if (result.kind === "refused") throw new Error(JSON.stringify(result.findings));
  const file = join(directory, governed ? "governed.graphql" : "plain.graphql");
  writeFileSync(file, result.artifact.supergraph);
  return file;
}
