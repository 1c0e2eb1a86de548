import type { ApolloServerOptionsWithGateway } from "@apollo/server";
import type { DocumentNode } from "graphql";
import { LRUCache } from "lru-cache";

type DocumentStore = NonNullable<ApolloServerOptionsWithGateway<never>["documentStore"]>;

/** Characters of operation texts whose validated documents are kept: with all their tokens, some 150 bytes each. */
const MAX_CHARACTERS = 100_000;

/**
 * Where Apollo Server keeps validated documents. Small: an operation that was seen before is found prepared
 * (`OperationStore`), without a look at its document; the default of 30 MB of JSON holds 200 MB of tokens.
 */
export function createDocumentStore(): DocumentStore {
  const documents = new LRUCache<string, DocumentNode>({
    maxSize: MAX_CHARACTERS,
    sizeCalculation: ({ loc }) => (loc?.end ?? 0) + 1,
  });
  return {
    get: async (key) => documents.get(key),
    set: async (key, document) => void documents.set(key, document),
    delete: async (key) => documents.delete(key),
  };
}
