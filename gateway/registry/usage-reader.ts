import { parse } from "graphql";
import { z } from "zod";
import { type JoinFacts, readJoinFacts } from "../../shared/join-facts.ts";
import { type Actor, isGateway, isGovernance } from "./deploy-tokens.ts";
import type { RegistryStore } from "./store-postgres.ts";
import type { DescribedOperation, UsageStore } from "./usage-store.ts";

const artifact = z.object({ supergraph: z.string() });

/** Where the fields of one generation come from. */
interface Places {
  readonly generation: number;
  readonly joins: JoinFacts;
  /** Coordinates of fields. */
  readonly fields: readonly string[];
}

/**
 * Recorded usage as far as it concerns who reads it. The governance team and gateways read all; a domain who uses what
 * its own subgraphs resolve, and nobody else's: of the coordinates only those, and the text only where nothing in it is
 * another's. What several domains resolve, such as the key of an entity, is told to none of them: else a stub of a
 * foreign type would show who reads it.
 */
export class UsageReader {
  readonly #store: RegistryStore;
  readonly #usage: UsageStore;
  #places: Places | null = null;

  constructor(store: RegistryStore, usage: UsageStore) {
    this.#store = store;
    this.#usage = usage;
  }

  /** The operations of the last days, the most used first; `signature` is empty where the text is not told. */
  async operations(
    actor: Actor,
    window: { readonly days: number; readonly limit: number },
  ): Promise<readonly DescribedOperation[]> {
    if (isGovernance(actor) || isGateway(actor)) return this.#usage.operations(window);
    const [places, subgraphs] = await Promise.all([
      this.#latestPlaces(),
      this.#store.subgraphsOf(actor.domain),
    ]);
    if (places === null || subgraphs.length === 0) return [];
    const isOwn = ownership(places.joins, subgraphs);
    const coordinates = places.fields.filter(isOwn);
    const used = await this.#usage.operationsUsing({ ...window, coordinates });
    return used.map((operation) => ownPart(operation, isOwn));
  }

  async #latestPlaces(): Promise<Places | null> {
    const number = await this.#store.latestNumber();
    if (this.#places?.generation === number) return this.#places;
    const generation = await this.#store.generation(number);
    if (generation === null) return null;
    const { supergraph } = artifact.parse(JSON.parse(generation.content));
    const document = parse(supergraph, { noLocation: true });
    const fields = document.definitions.flatMap((node) =>
      "fields" in node && "name" in node
        ? (node.fields ?? []).map(({ name }) => `${node.name.value}.${name.value}`)
        : [],
    );
    this.#places = { generation: number, joins: readJoinFacts(document), fields };
    return this.#places;
  }
}

/** Tells the coordinates that nobody but these subgraphs resolves. */
function ownership(
  { graphs, types, fields }: JoinFacts,
  subgraphs: readonly string[],
): (coordinate: string) => boolean {
  const own = new Set(subgraphs.flatMap((name) => graphs.get(name) ?? []));
  return (coordinate) => {
    const [, place = "", type = ""] = /^((\w+)(?:\.(?:\w+|\*))?)/.exec(coordinate) ?? [];
    const joined = fields.get(place)?.filter(({ external }) => !external);
    const homes = joined ?? types.get(type) ?? [];
    return homes.length > 0 && homes.every(({ graph }) => graph !== null && own.has(graph));
  };
}

function ownPart(operation: DescribedOperation, isOwn: (coordinate: string) => boolean): DescribedOperation {
  const coordinates = operation.coordinates.filter(isOwn);
  const own = new Set(coordinates);
  const isWhole = operation.coordinates.every((item) => own.has(item) || !item.includes("."));
  return { ...operation, coordinates, signature: isWhole ? operation.signature : "" };
}
