import { createPublicKey, type KeyObject } from "node:crypto";
import { ClientError } from "../../shared/errors.ts";
import { parseProductDescriptor } from "../../shared/product-descriptor.ts";
import { refuseRoutingUrl } from "../../shared/routing-address.ts";
import type { Finding } from "../supergraph/finding.ts";
import { signGeneration } from "../supergraph/signed-generation.ts";
import type { Append, GenerationAct } from "./append-generation.ts";
import { Approvals } from "./approvals.ts";
import { type Change, changedSources } from "./check.ts";
import { CheckThread } from "./check-thread.ts";
import type { Artifact, SubgraphSource } from "./compose.ts";
import { type Decision, decide } from "./decide.ts";
import { type Actor, DeployTokens, isGateway, isGovernance } from "./deploy-tokens.ts";
import { OperationList } from "./operation-list.ts";
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

export interface PublishRequest {
  readonly actor: Actor;
  readonly changes: readonly Change[];
  readonly reason: string;
  /** The generation this was made for; another one now is a CONFLICT. Null: whichever is published. */
  readonly expected?: number | null;
  /** The governance team accepts that rules are loosened. */
  readonly approve?: boolean;
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
  readonly #options: RegistryOptions;
  readonly #checks = new CheckThread();
  readonly #owners: SubgraphOwners;
  readonly #approvals: Approvals;

  constructor(options: RegistryOptions) {
    this.#options = options;
    this.store = new RegistryStore(options.databaseUrl);
    this.#owners = new SubgraphOwners(this.store);
    this.#approvals = new Approvals(this.store);
    this.tokens = new DeployTokens(this.store);
    this.usage = new UsageStore(this.store.pool);
    this.usageReader = new UsageReader(this.store, this.usage);
    this.operations = new OperationList(this.store.pool);
  }

  /** What a publish of these changes would be told; nothing is published. An approval is remembered for one publish. */
  async check(request: PublishRequest): Promise<Checked> {
    await this.#mayTouch(request);
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
    await this.#mayTouch(request);
    if (request.approve) await this.#approvals.give(request.actor, request.changes);
    const first = await this.store.head();
    refuseUnknown(request.changes, first);
    for (let head = first, attempt = 0; attempt < ATTEMPTS; attempt += 1, head = await this.store.head()) {
      this.#refuseConflict(request, first, head);
      const published = await this.#tryPublish(request, head);
      if (published) return published;
    }
    throw new ClientError("CONFLICT", "Others kept publishing; nothing of this was published.");
  }

  /** Serves again what a generation served: the same bytes, under a new number. Governance team only. */
  async rollBack(actor: Actor, to: number, reason: string): Promise<Published> {
    await this.requireGovernance(actor, "rollback", `generation ${to}`);
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
    await this.requireGovernance(actor, "grant", subject);
    await this.#owners.grant(name, domain);
    await this.store.recordAct({ actor: actor.id, verb: "grant", subject, outcome: "done" });
  }

  /** @throws ClientError GOVERNANCE_TEAM_ONLY, after the attempt was recorded */
  async requireGovernance(actor: Actor, verb: string, subject: string): Promise<void> {
    if (isGovernance(actor)) return;
    await this.store.recordAct({ actor: actor.id, verb, subject, outcome: "GOVERNANCE_TEAM_ONLY" });
    requireGovernance(actor);
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
    const published = changedSources(head?.members ?? [], changes).filter(
      (source) => !isUnchanged(head, source),
    );
    const replaced = new Set([...published.map(({ name }) => name), ...removed(changes)]);
    const kept = (head?.members ?? []).filter(({ name }) => !replaced.has(name));
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
    const findings = await weighFindings(found, this.usage, { days, threshold });
    const isApproved = await this.#approvals.cover(request.changes);
    const decision = decide({ artifact, findings }, { isApproved, acceptBreaking });
    return { artifact, findings, decision };
  }

  async #mayTouch(request: PublishRequest): Promise<void> {
    const { actor, changes, approve } = request;
    if (approve) await this.requireGovernance(actor, "approve", changes.map(({ name }) => name).join(", "));
    for (const { name, source } of changes) {
      if (!(await this.#owners.isOwn(actor, name))) {
        await this.#record(request, "touch", "SUBGRAPH_NOT_YOURS");
        throw new ClientError("SUBGRAPH_NOT_YOURS", `${name} is no subgraph of the domain ${actor.domain}.`);
      }
      if (source?.product) await this.#refuseForeign(request, source.product);
      const reason = source && refuseRoutingUrl(source.url, this.#options.production);
      if (reason) throw new ClientError("ROUTING_URL_REFUSED", `The routing URL is refused: ${reason}.`);
    }
  }

  /** What does not parse becomes a finding later. */
  async #refuseForeign(request: PublishRequest, product: string): Promise<void> {
    const { actor } = request;
    const domain = domainOf(product);
    if (domain === null || domain === actor.domain || isGovernance(actor)) return;
    await this.#record(request, "touch", "SUBGRAPH_NOT_YOURS");
    throw new ClientError(
      "SUBGRAPH_NOT_YOURS",
      `product.yaml describes a product of the domain ${domain}; the deploy token is of ${actor.domain}.`,
    );
  }

  #refuseConflict(request: PublishRequest, first: Head | null, head: Head | null): void {
    const { expected = null, changes } = request;
    const isOther = expected !== null && expected !== (head?.number ?? 0);
    const isTouched = changes.some(({ name }) => versionOf(first, name) !== versionOf(head, name));
    if (isOther || isTouched)
      throw new ClientError(
        "CONFLICT",
        `Generation ${head?.number ?? 0} was published in the meantime; nothing of this was published.`,
      );
  }

  async #record({ actor, changes }: PublishRequest, verb: string, outcome: string): Promise<void> {
    const subject = changes.map(({ name }) => name).join(", ");
    await this.store.recordAct({ actor: actor.id, verb, subject, outcome });
  }
}

/** @throws ClientError GOVERNANCE_TEAM_ONLY */
export function requireGovernance(actor: Actor): void {
  if (!isGovernance(actor))
    throw new ClientError("GOVERNANCE_TEAM_ONLY", `The domain ${actor.domain} may not do this.`);
}

/** @throws ClientError GATEWAYS_ONLY */
export function requireGateway(actor: Actor): void {
  if (!isGateway(actor) && !isGovernance(actor))
    throw new ClientError("GATEWAYS_ONLY", `A deploy token of the domain ${actor.domain} is no gateway's.`);
}

/** The domain that a descriptor names; null for one that is not right. */
function domainOf(product: string): string | null {
  try {
    return parseProductDescriptor(product, "product.yaml").domain;
  } catch {
    return null;
  }
}

function refuseUnknown(changes: readonly Change[], head: Head | null): void {
  const unknown = removed(changes).find((name) => versionOf(head, name) === undefined);
  if (unknown !== undefined) throw new ClientError("SUBGRAPH_NOT_FOUND", `${unknown} is not published.`);
}

function isUnchanged(head: Head | null, { name, sdl, url, product }: Required<SubgraphSource>): boolean {
  const known = head?.members.find((member) => member.name === name);
  return known?.sdl === sdl && known.url === url && known.product === product;
}

function removed(changes: readonly Change[]): readonly string[] {
  return changes.flatMap(({ name, source }) => (source ? [] : [name]));
}

function versionOf(head: Head | null, name: string): number | undefined {
  return head?.members.find((member) => member.name === name)?.version;
}

function sayCount(count: number): string {
  return `${count} finding${count === 1 ? "" : "s"}; nothing was published.`;
}
