import { describe, expect, test } from "vitest";
import { holdsData } from "../../../../gateway/console/holds-data.ts";

describe("whether a field is in a product's list of fields", () => {
  test.each([
    "Customer.email",
    "Edge.length",
    "Connection.speed",
    "Payload.mass",
    "Queryable.name",
    "EdgeOfMap.length",
    "Order.pageInfo",
    "PageInfos.count",
  ])("%s is", (coordinate) => expect(holdsData(coordinate)).toBe(true));

  test.each([
    "Query.customer",
    "Mutation.placeOrder",
    "Subscription.orders",
    "CustomerConnection.nodes",
    "CustomerEdge.node",
    "PageInfo.endCursor",
    "PlaceOrderPayload.order",
  ])("%s is not", (coordinate) => expect(holdsData(coordinate)).toBe(false));
});
