import { ClientError } from "../../shared/errors.ts";
import type { ProductHealth } from "../../shared/product-health.ts";
import type { HandleOperation } from "../request/handle-operation.ts";
import type { PreparedOperation } from "../request/prepare-operation.ts";
import type { OperationResponse } from "../request/respond.ts";
import { productsOf } from "../usage/product-counter.ts";
import { usedCoordinates } from "../usage/used-coordinates.ts";
import { isStale, type ProductWatch } from "./product-watch.ts";

/**
 * The same path, which tells those who ask of the products that they read (`extensions.dataProducts`), warns of data that is
 * older than its owners promise, or refuses it, as they choose. Where nobody asks and nothing is stale, it is one look.
 */
export function tellProducts(handle: HandleOperation, watch: ProductWatch): HandleOperation {
  const known = new WeakMap<PreparedOperation, readonly string[]>();
  const productsIn = (prepared: PreparedOperation) => {
    const found = known.get(prepared) ?? findProducts(prepared);
    known.set(prepared, found);
    return found;
  };
  return (request) => {
    const { stale } = watch;
    if (request.wantsProducts !== true && stale.size === 0) return handle(request);
    const products = productsIn(request.prepared);
    const noticed = products.flatMap((id) => stale.get(id) ?? []);
    const blocked = noticed.filter(({ onStale }) => onStale === "block");
    if (blocked.length > 0 && request.prepared.operation.operation === "query") refuse(blocked);
    return handle(request).then((response) =>
      extend(response, {
        ...(noticed.length > 0
          ? { warnings: [...warningsOf(response), ...noticed.map((item) => warning(item))] }
          : {}),
        ...(request.wantsProducts === true
          ? { dataProducts: products.flatMap((id) => describe(watch.of(id))) }
          : {}),
      }),
    );
  };
}

function findProducts({ supergraph, document }: PreparedOperation): readonly string[] {
  return productsOf(supergraph, usedCoordinates(supergraph.apiSchema, document)).map(({ id }) => id);
}

/** @throws ClientError DATA_STALE, before anything is asked of a subgraph */
function refuse(blocked: readonly ProductHealth[]): never {
  const names = blocked.map(({ id }) => id).join(", ");
  throw new ClientError("DATA_STALE", `The data is older than promised: ${names}.`, {
    dataProducts: blocked.flatMap(describe),
  });
}

function describe(health: ProductHealth | undefined): readonly object[] {
  if (!health) return [];
  const { id, version, dataAt, maxAge, quality } = health;
  return [{ id, version, freshness: { dataAt, maxAge, isStale: isStale(health, Date.now()) }, quality }];
}

function warning({ id, dataAt, maxAge }: ProductHealth): object {
  const message = `The data of ${id} is of ${dataAt}; ${maxAge} seconds are promised.`;
  return { code: "DATA_STALE", product: id, message, dataAt, maxAge };
}

function warningsOf({ extensions }: OperationResponse): readonly unknown[] {
  return Array.isArray(extensions?.warnings) ? extensions.warnings : [];
}

function extend(response: OperationResponse, more: object): OperationResponse {
  return Object.keys(more).length === 0
    ? response
    : { ...response, extensions: { ...response.extensions, ...more } };
}
