import { ClientError } from "../../shared/errors.ts";
import { type Actor, isGateway, isGovernance, isMetricsReader } from "./deploy-tokens.ts";
import type { RegistryStore } from "./store-postgres.ts";

/**
 * Whose subgraph each name is. A domain owns the subgraph of its own name, and those that the governance team
 * granted it: a first publish by another name claims nothing, so that no domain can take a name before the domain
 * that is called so, or looks as if it were, comes to publish.
 */
export class SubgraphOwners {
  readonly #store: RegistryStore;

  constructor(store: RegistryStore) {
    this.#store = store;
  }

  /** Whether the actor may publish and delete the subgraph. */
  async isOwn(actor: Actor, name: string): Promise<boolean> {
    if (isGovernance(actor)) return true;
    if (isGateway(actor) || isMetricsReader(actor)) return false;
    return ((await this.#store.domainOf(name)) ?? name) === actor.domain;
  }

  /** Whose the subgraph is, or becomes with its first publish; the governance team publishes for the owner. */
  async ownerOf(name: string): Promise<string> {
    return (await this.#store.domainOf(name)) ?? name;
  }

  /**
   * Makes a subgraph a domain's, whoever's it was; published or not.
   *
   * @throws ClientError USAGE for a domain that has no subgraphs
   */
  async grant(name: string, domain: string): Promise<void> {
    const owner = { id: "", domain };
    if (isGateway(owner) || isMetricsReader(owner) || isGovernance(owner))
      throw new ClientError("USAGE", `The domain ${domain} has no subgraphs.`);
    await this.#store.setDomain(name, domain);
  }
}
