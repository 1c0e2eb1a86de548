import { createPublicKey, type KeyObject } from "node:crypto";
import { ClientError } from "../../shared/errors.ts";
import type { Finding } from "../supergraph/finding.ts";
import { signGeneration } from "../supergraph/signed-generation.ts";
import type { Append, GenerationAct } from "./append-generation.ts";
import { Approvals } from "./approvals.ts";
import { CheckThread } from "./check-thread.ts";
import type { Artifact } from "./compose.ts";
import { type Decision, decide } from "./decide.ts";
import { type Actor, DeployTokens, isGovernance } from "./deploy-tokens.ts";
import { foreignProducts } from "./foreign-products.ts";
import { nextMembers } from "./next-members.ts";
import { OperationList } from "./operation-list.ts";
import { type MadeFor, refuseConflict, refuseUnknown } from "./refuse-conflict.ts";
import { type ChangeRequest, Rights } from "./rights.ts";
import { type Head, RegistryStore } from "./store-postgres.ts";
import { SubgraphOwners } from "./subgraph-owners.ts";
import { UsageReader } from "./usage-reader.ts";
import { UsageStore } from "./usage-store.ts";
import { weighFindings } from "./weigh-findings.ts";

export interface RegistryOptions {
  /** As the application's role of the registry's database. */
  readonly databaseUrl: string;
  /** Ed25519; signs every generation. */
  readonly privateKey: KeyObject;
  readonly production: boolean;
  /** Generations kept for roll-back. */
  readonly keep?: number;
}

export interface PublishRequest extends ChangeRequest, MadeFor {
  readonly reason: string;
  /** The domain accepts that clients break. */
  readonly acceptBreaking?: boolean;
  /** Days of recorded usage that count; 30 by default. */
  readonly window?: number;
  /** Percent of all requests up to which use of something does not keep it; 0 by default. */
  readonly threshold?: number;
}

/** What a publish would be told. */
export interface Checked {
  /** Weighed by recorded usage; errors first. */
  readonly findings: readonly Finding[];
  readonly decision: Decision;
}

export interface Published {
  readonly generation: number;
  readonly hash: string;
  /** False where the same was published already. */
  readonly changed: boolean;
  readonly findings: readonly Finding[];
}

/** Publishers of other subgraphs come in between this often before one gives up. */
const ATTEMPTS = 12;
const KEPT_GENERATIONS = 200;

/** Versions of subgraphs and generations of the supergraph, one line of history for everybody. */
export class Registry {
  readonly store: RegistryStore;
  readonly tokens: DeployTokens;
  readonly usage: UsageStore;
  /** Usage as those who ask over HTTP may read it. */
  readonly usageReader: UsageReader;
  readonly operations: OperationList;
  readonly rights: Rights;
  readonly #options: RegistryOptions;
  readonly #checks = new CheckThread();
  readonly #owners: SubgraphOwners;
  readonly #approvals: Approvals;

  constructor(options: RegistryOptions) {
    this.#options = options;
    this.store = new RegistryStore(options.databaseUrl);
    this.#owners = new SubgraphOwners(this.store);
    this.#approvals = new Approvals(this.store);
    const { production } = options;
    this.rights = new Rights({ store: this.store, owners: this.#owners, production });
    this.tokens = new DeployTokens(this.store);
    this.usage = new UsageStore(this.store.pool);
    this.usageReader = new UsageReader(this.store, this.usage);
    this.operations = new OperationList(this.store.pool);
  }

  /** What a publish of these changes would be told; nothing is published. An approval is remembered for one publish. */
  async check(request: PublishRequest): Promise<Checked> {
    await this.rights.requireChanges(request);
    if (request.approve) await this.#approvals.give(request.actor, request.changes);
    const { findings, decision } = await this.#judge(request, await this.store.head());
    const outcome = decision.kind === "accepted" ? "passed" : decision.code;
    await this.#record(request, "check", outcome);
    return { findings, decision };
  }

  /**
   * Makes changes of subgraphs the next generation, if they compose and nothing that is published gets weaker.
   *
   * @throws ClientError SUBGRAPH_NOT_YOURS, GOVERNANCE_TEAM_ONLY, ROUTING_URL_REFUSED, CONFLICT, and for findings
   *   COMPOSITION_FAILED, GOVERNANCE_REFUSED, GOVERNANCE_LOOSENED or BREAKING_CHANGE with `findings` in extensions
   */
  async publish(request: PublishRequest): Promise<Published> {
    await this.rights.requireChanges(request);
    if (request.approve) await this.#approvals.give(request.actor, request.changes);
    const first = await this.store.head();
    refuseUnknown(request.changes, first);
    for (let head = first, attempt = 0; attempt < ATTEMPTS; attempt += 1, head = await this.store.head()) {
      refuseConflict(request, first, head);
      const published = await this.#tryPublish(request, head);
      if (published) return published;
    }
    throw new ClientError("CONFLICT", "Others kept publishing; nothing of this was published.");
  }

  /** Serves again what a generation served: the same bytes, under a new number. Governance team only. */
  async rollBack(actor: Actor, to: number, reason: string): Promise<Published> {
    await this.rights.requireGovernance(actor, "rollback", `generation ${to}`);
    const head = await this.store.head();
    const target = await this.store.generation(to);
    if (!head || !target) throw new ClientError("GENERATION_NOT_FOUND", `There is no generation ${to}.`);
    const { hash }: Artifact = JSON.parse(target.content);
    const kept = await this.store.membersOf(to);
    const content = target.content;
    const entry = { actor, act: "rollback", reason: `to generation ${to}: ${reason}` } as const;
    const done = await this.#append(entry, head, { content, hash, kept, published: [], changed: null });
    if (!done) throw new ClientError("CONFLICT", "Somebody published while this was rolled back.");
    return { generation: head.number + 1, hash, changed: true, findings: [] };
  }

  /** Makes a subgraph's name a domain's. Governance team only. */
  async grant(actor: Actor, name: string, domain: string): Promise<void> {
    const subject = `${name} to ${domain}`;
    await this.rights.requireGovernance(actor, "grant", subject);
    await this.#owners.grant(name, domain);
    await this.store.recordAct({ actor: actor.id, verb: "grant", subject, outcome: "done" });
  }

  /** The key that gateways check signatures with, PEM. */
  publicKeyPem(): string {
    return String(createPublicKey(this.#options.privateKey).export({ format: "pem", type: "spki" }));
  }

  async stop(): Promise<void> {
    await this.#checks.stop();
    await this.store.stop();
  }

  async #tryPublish(request: PublishRequest, head: Head | null): Promise<Published | null> {
    const { actor, changes, reason } = request;
    const { artifact, findings, decision } = await this.#judge(request, head);
    if (decision.kind === "refused" || artifact === null) {
      const code = decision.kind === "refused" ? decision.code : "COMPOSITION_FAILED";
      await this.#record(request, "publish", code);
      const blocking = decision.kind === "refused" ? decision.blocking : findings;
      throw new ClientError(code, sayCount(blocking.length), { findings });
    }
    const { hash } = artifact;
    const now: Artifact | null = head && JSON.parse(head.content);
    if (head && now?.hash === hash) return { generation: head.number, hash, changed: false, findings };
    const { kept, published } = nextMembers(head, changes);
    const act = published.length > 0 ? "publish" : "delete";
    const content = JSON.stringify(artifact);
    const owned = await Promise.all(
      published.map(async (item) => ({ ...item, domain: await this.#owners.ownerOf(item.name) })),
    );
    const entry = { actor, act, reason } as const;
    const changed = changes.map(({ name }) => name);
    if (!(await this.#append(entry, head, { content, hash, kept, published: owned, changed }))) return null;
    await this.store.retain(this.#options.keep ?? KEPT_GENERATIONS);
    return { generation: (head?.number ?? 0) + 1, hash, changed: true, findings };
  }

  #append(
    entry: { readonly actor: Actor; readonly act: GenerationAct; readonly reason: string },
    head: Head | null,
    next: Pick<Append, "content" | "hash" | "kept" | "published" | "changed">,
  ): Promise<boolean> {
    const number = (head?.number ?? 0) + 1;
    const signature = signGeneration(number, next.hash, this.#options.privateKey);
    const { actor, act, reason } = entry;
    return this.store.append({ ...next, number, signature, act, author: actor.id, reason });
  }

  async #judge(request: PublishRequest, head: Head | null) {
    const question = {
      published: head?.members.map(({ name, sdl, url, product }) => ({ name, sdl, url, product })) ?? [],
      artifact: head && JSON.parse(head.content),
      changes: request.changes,
    };
    const { artifact, findings: found } = await this.#checks.run(question, request.actor.domain);
    const { window: days = 30, threshold = 0, acceptBreaking = false } = request;
    const weighed = await weighFindings(found, this.usage, { days, threshold });
    const findings = [...(await this.#findForeign(request, artifact)), ...weighed];
    const isApproved = await this.#approvals.cover(request.changes);
    const decision = decide({ artifact, findings }, { isApproved, acceptBreaking });
    return { artifact, findings, decision };
  }

  async #findForeign({ actor, changes }: PublishRequest, artifact: Artifact | null) {
    if (artifact === null || isGovernance(actor)) return [];
    const published = changes.filter(({ source }) => source !== null).map(({ name }) => name);
    return foreignProducts(artifact, published, (name) => this.#owners.ownerOf(name));
  }

  async #record({ actor, changes }: PublishRequest, verb: string, outcome: string): Promise<void> {
    const subject = changes.map(({ name }) => name).join(", ");
    await this.store.recordAct({ actor: actor.id, verb, subject, outcome });
  }
}

function sayCount(count: number): string {
  return `${count} finding${count === 1 ? "" : "s"}; nothing was published.`;
}
