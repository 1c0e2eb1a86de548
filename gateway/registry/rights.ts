import { ClientError, type ErrorCode } from "../../shared/errors.ts";
import { type ProductDescriptor, parseProductDescriptor } from "../../shared/product-descriptor.ts";
import { refuseRoutingUrl } from "../../shared/routing-address.ts";
import type { Change } from "./check.ts";
import { type Actor, isGateway, isGovernance } from "./deploy-tokens.ts";
import type { RegistryStore } from "./store-postgres.ts";
import type { SubgraphOwners } from "./subgraph-owners.ts";

export interface RightsOptions {
  readonly store: RegistryStore;
  readonly owners: SubgraphOwners;
  readonly production: boolean;
}

/** Changes of subgraphs, and who wants them. */
export interface ChangeRequest {
  readonly actor: Actor;
  readonly changes: readonly Change[];
  /** The governance team accepts that rules are loosened. */
  readonly approve?: boolean;
}

/** What an actor may do; what it tried without is recorded. */
export class Rights {
  readonly #store: RegistryStore;
  readonly #owners: SubgraphOwners;
  readonly #isProduction: boolean;

  constructor({ store, owners, production }: RightsOptions) {
    this.#store = store;
    this.#owners = owners;
    this.#isProduction = production;
  }

  /** @throws ClientError GOVERNANCE_TEAM_ONLY, after the attempt was recorded */
  async requireGovernance(actor: Actor, verb: string, subject: string): Promise<void> {
    if (isGovernance(actor)) return;
    await this.#store.recordAct({ actor: actor.id, verb, subject, outcome: "GOVERNANCE_TEAM_ONLY" });
    requireGovernance(actor);
  }

  /**
   * @throws ClientError SUBGRAPH_NOT_YOURS, GOVERNANCE_TEAM_ONLY or PRODUCT_DESCRIPTOR_INVALID, after the attempt was
   *   recorded, or ROUTING_URL_REFUSED
   */
  async requireChanges(request: ChangeRequest): Promise<void> {
    const { actor, changes, approve } = request;
    if (approve) await this.requireGovernance(actor, "approve", changes.map(({ name }) => name).join(", "));
    for (const { name, source } of changes) {
      if (!(await this.#owners.isOwn(actor, name))) {
        await this.#recordRefusal(request, "SUBGRAPH_NOT_YOURS");
        throw new ClientError("SUBGRAPH_NOT_YOURS", `${name} is no subgraph of the domain ${actor.domain}.`);
      }
      if (typeof source?.product === "string") await this.#refuseForeign(request, source.product);
      const reason = source && refuseRoutingUrl(source.url, this.#isProduction);
      if (reason) throw new ClientError("ROUTING_URL_REFUSED", `The routing URL is refused: ${reason}.`);
    }
  }

  /** Whose a descriptor is has to be read here: what cannot be is nobody's to publish. */
  async #refuseForeign(request: ChangeRequest, product: string): Promise<void> {
    const { actor } = request;
    if (isGovernance(actor)) return;
    const { domain } = await this.#read(request, product);
    if (domain === actor.domain) return;
    await this.#recordRefusal(request, "SUBGRAPH_NOT_YOURS");
    throw new ClientError(
      "SUBGRAPH_NOT_YOURS",
      `product.yaml describes a product of the domain ${domain}; the deploy token is of ${actor.domain}.`,
    );
  }

  async #read(request: ChangeRequest, product: string): Promise<ProductDescriptor> {
    try {
      return parseProductDescriptor(product, "product.yaml");
    } catch (error) {
      await this.#recordRefusal(request, "PRODUCT_DESCRIPTOR_INVALID");
      throw error;
    }
  }

  async #recordRefusal({ actor, changes }: ChangeRequest, outcome: ErrorCode): Promise<void> {
    const subject = changes.map(({ name }) => name).join(", ");
    await this.#store.recordAct({ actor: actor.id, verb: "touch", subject, outcome });
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
