import { createHash } from "node:crypto";
import { resolve } from "node:path";
import { pino } from "pino";
import { ClientError } from "../../shared/errors.ts";
import { createLog } from "../../shared/log.ts";
import type { Environment } from "../config/environment.ts";
import { readConfig } from "../config.ts";
import { type Gateway, startGateway } from "../gateway.ts";
import type { CheckReport } from "../registry/check.ts";
import { CheckThread } from "../registry/check-thread.ts";
import { readDevelopmentAccess } from "./development-registry.ts";
import { developmentSettings } from "./development-settings.ts";
import { LocalGenerations } from "./local-generations.ts";
import { type Published, readNewer, readPublished } from "./published-rest.ts";
import { readProduct } from "./read-product.ts";
import { readText } from "./read-text.ts";
import type { RegistryAccess } from "./registry-client.ts";
import type { Outcome } from "./report.ts";
import type { Stoppable } from "./stop-on-signal.ts";
import { watchFile } from "./watch-file.ts";

export interface DevOptions {
  readonly name: string;
  /** File of the SDL. */
  readonly schema: string;
  /** Where the local subgraph answers. */
  readonly url: string;
  readonly port: number;
  readonly config?: string;
}

/** Told of each composition. */
export type Tell = (outcome: Outcome) => void;

/** Milliseconds between two questions whether the rest was published anew. */
const POLL_MS = 2000;
/** Milliseconds that the gateway has to take a composition up. */
const TAKE_UP_MS = 10_000;

/**
 * `dpg dev`: a gateway of this machine over one local subgraph and the published rest. Each save of the schema, and
 * each publish of others, is composed and checked, told, and served where it composes; else the last good one stays.
 *
 * @throws ClientError FILE_UNREADABLE, or what the registry and the gateway refuse
 */
export async function dev(
  options: DevOptions,
  access: RegistryAccess,
  env: Environment,
  tell: Tell,
): Promise<Stoppable> {
  const session = new DevSession(options, access, env, tell);
  try {
    await session.start();
    return session;
  } catch (error) {
    await session.stop();
    throw error;
  }
}

class DevSession implements Stoppable {
  readonly #options: DevOptions;
  readonly #access: RegistryAccess;
  readonly #env: Environment;
  readonly #tell: Tell;
  readonly #checks = new CheckThread();
  readonly #generations = new LocalGenerations();
  #published: Published = { generation: 0, subgraphs: [], artifact: null };
  #gateway: Gateway | null = null;
  #unwatch: () => void = () => {};
  #poll: NodeJS.Timeout | undefined;
  #work: Promise<void> = Promise.resolve();

  constructor(options: DevOptions, access: RegistryAccess, env: Environment, tell: Tell) {
    this.#options = options;
    this.#access = access;
    this.#env = env;
    this.#tell = tell;
  }

  async start(): Promise<void> {
    const file = resolve(this.#options.schema);
    this.#published = await readPublished(this.#access);
    this.#unwatch = watchFile(file, () => this.#later(() => this.#compose()));
    await this.#compose();
    this.#poll = setInterval(() => this.#later(() => this.#followRest()), POLL_MS);
  }

  async stop(): Promise<void> {
    clearInterval(this.#poll);
    this.#unwatch();
    await this.#gateway?.stop();
    await this.#checks.stop();
    this.#generations.stop();
  }

  /** One thing after the other; what fails is told, and the next one tried. */
  #later(act: () => Promise<void>): void {
    this.#work = this.#work.then(act).catch((error: unknown) => {
      const known = error instanceof ClientError ? error : new ClientError("INTERNAL", String(error));
      this.#tell({ data: {}, text: "", error: known });
    });
  }

  async #followRest(): Promise<void> {
    if ((await readNewer(this.#access, this.#published.generation)) === null) return;
    this.#published = await readPublished(this.#access);
    await this.#compose();
  }

  async #compose(): Promise<void> {
    const { name, schema, url } = this.#options;
    const { generation, subgraphs: published, artifact } = this.#published;
    const product = readProduct({ schema });
    const source = { sdl: readText(schema), url, ...(product === undefined ? {} : { product }) };
    const changes = [{ name, source }];
    const report = await this.#checks.run({ published, artifact, changes }, name);
    if (report.artifact !== null) {
      this.#generations.push(report.artifact);
      this.#gateway ??= await this.#serve();
      await takenUp(this.#gateway, report.artifact.supergraph);
    }
    this.#tell(outcomeOf(report, generation, this.#gateway?.url ?? null));
  }

  #serve(): Promise<Gateway> {
    const { config, port } = this.#options;
    return startGateway({
      config: readConfig(config ?? null, { ...localSettings(this.#env), DPG_PORT: String(port) }),
      follow: this.#generations.follow,
      log: createLog({ name: "gateway", level: "warn", destination: pino.destination(2) }),
    });
  }
}

/** Resolves once the gateway serves the supergraph. @throws ClientError ARTIFACT_REFUSED where it does not */
async function takenUp(gateway: Gateway, supergraphSdl: string): Promise<void> {
  const wanted = createHash("sha256").update(supergraphSdl).digest("hex");
  const deadline = Date.now() + TAKE_UP_MS;
  while (gateway.supergraph.hash !== wanted) {
    if (Date.now() > deadline)
      throw new ClientError(
        "ARTIFACT_REFUSED",
        "The gateway does not take the composition up; its log says why.",
      );
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Beside `npm start`: its issuer and its identity, so that its tokens and its domains take this gateway for theirs. */
function localSettings(env: Environment): Environment {
  const dataDirectory = env.DPG_DATA_DIR ?? ".data";
  const local = readDevelopmentAccess(dataDirectory);
  return local ? { ...developmentSettings(Number(new URL(local.url).port), dataDirectory), ...env } : env;
}

function outcomeOf({ artifact, findings }: CheckReport, generation: number, url: string | null): Outcome {
  const data = { composed: artifact !== null, url, rest: generation, hash: artifact?.hash ?? null };
  const errors = findings.filter(({ severity }) => severity === "error").length;
  if (artifact === null) {
    const stays = url === null ? "nothing is served yet" : `the last good one stays at ${url}/graphql`;
    return {
      data,
      findings,
      text: `Does not compose (${errors} error${errors === 1 ? "" : "s"}): ${stays}.`,
    };
  }
  const refused = errors > 0 ? ` A publish would be told of ${errors} error${errors === 1 ? "" : "s"}.` : "";
  const text = `Composed with generation ${generation} of the rest: served at ${url}/graphql.${refused}`;
  return { data, findings, text };
}
