import { fastify } from "fastify";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { followOperations } from "../../../gateway/follow-operations.ts";
import { registryRoutes } from "../../../gateway/registry/routes.ts";
import {
  domainSdl,
  linked,
  STEWARD,
  startRegistry,
  type TestRegistry,
} from "../../testkit/start-registry.ts";
import { usageBatchOf, usageCountOf } from "../../testkit/usage-batches.ts";

const PET = domainSdl("Pet", "name(short: Boolean): String kind: Kind").concat(" enum Kind { CAT DOG }");
const PERSON = linked(`type Query { person(id: ID!): Person }
type Person @key(fields: "id") @owner(team: "person", contact: "person@example.com") { id: ID! name: String pets: [Pet] }
type Pet @key(fields: "id") { id: ID! }`);
const TOY = linked(`type Query { toy: Toy } type Toy { name: String price: Int }`);

const OF_PETS = "query Pets{pet{kind name}}";
/** Name, text, and what a gateway tells of it. */
const SENT = [
  [
    "Pets",
    OF_PETS,
    ["ID", "Kind", "Kind.*", "Pet", "Pet.kind", "Pet.name", "Query", "Query.pet", "Query.pet(id:)"],
  ],
  ["People", "query People{person{name}}", ["Person", "Person.name", "Query", "Query.person"]],
  [
    "PetsOfPeople",
    "query PetsOfPeople{person{pets{name}}}",
    ["Person", "Person.pets", "Pet", "Pet.name", "Pet.name(short:)", "Query", "Query.person"],
  ],
  ["Ids", "query Ids{person{pets{id}}}", ["Person", "Person.pets", "Pet", "Pet.id", "Query", "Query.person"]],
] as const;

describe("what a domain's deploy token reads of the registry", () => {
  let mesh: TestRegistry;
  let address: string;
  const app = fastify();
  const tokens = new Map<string, string>();
  beforeAll(async () => {
    mesh = await startRegistry();
    await app.register((scope) => registryRoutes(scope, mesh.registry), { prefix: "/registry/v1" });
    address = await app.listen({ port: 0, host: "127.0.0.1" });
    for (const domain of ["pet", "person", "toys", "nobody", "governance", "gateway"])
      tokens.set(domain, (await mesh.registry.tokens.create(domain, 3600, "test")).token);
    await mesh.publish("pet", PET);
    await mesh.publish("person", PERSON);
    const { operations, usage } = mesh.registry;
    for (const client of ["pet", "person", "*"])
      await operations.publish({
        client,
        bodies: [`query Of { ${client === "*" ? "any" : client} { id } }`],
        replace: false,
        by: "test",
      });
    const sent = SENT.map(([name, signature, coordinates], at) => {
      const counts = [usageCountOf({ clientName: `app-of-${name}`, requests: 10 - at })];
      return { name, signature, coordinates: [...coordinates], counts };
    });
    await usage.record(usageBatchOf(sent));
  });
  afterAll(async () => {
    await app.close();
    await mesh.stop();
  });

  async function read(path: string, domain: string) {
    const response = await fetch(`${address}/registry/v1${path}`, {
      headers: { authorization: `Bearer ${tokens.get(domain) ?? ""}` },
    });
    const text = await response.text();
    const { data, error } = JSON.parse(text);
    return { status: response.status, code: error?.code, data, text };
  }

  test("of recorded usage it sees who uses what its own subgraphs resolve, and no more of those operations", async () => {
    const { status, data, text } = await read("/usage", "pet");
    expect(status).toBe(200);
    expect(data).toMatchObject([
      {
        operationName: "Pets",
        clientName: "app-of-Pets",
        signature: OF_PETS,
        requests: 10,
        coordinates: ["Kind", "Kind.*", "Pet.kind", "Pet.name", "Query.pet", "Query.pet(id:)"],
      },
      {
        operationName: "PetsOfPeople",
        clientName: "app-of-PetsOfPeople",
        // It reads what the domain person resolves as well.
        signature: "",
        requests: 8,
        coordinates: ["Pet.name", "Pet.name(short:)"],
      },
    ]);
    expect(text).not.toMatch(/erson\b|app-of-People|Ids/);
  });

  test("another domain sees its own half of the same operation", async () => {
    const { data } = await read("/usage", "person");
    expect(data).toMatchObject([
      {
        operationName: "People",
        signature: SENT[1][1],
        coordinates: ["Person", "Person.name", "Query.person"],
      },
      {
        operationName: "PetsOfPeople",
        signature: "",
        coordinates: ["Person", "Person.pets", "Query.person"],
      },
      // Both resolve the key Pet.id: it is told to neither of them.
      { operationName: "Ids", signature: "", coordinates: ["Person", "Person.pets", "Query.person"] },
    ]);
  });

  test("the governance team and gateways see all of it, and a domain without subgraphs nothing", async () => {
    for (const domain of ["governance", "gateway"])
      expect((await read("/usage", domain)).data).toMatchObject(
        SENT.map(([operationName, signature, coordinates]) => ({ operationName, signature, coordinates })),
      );
    expect((await read("/usage", "nobody")).data).toEqual([]);
    expect((await read("/usage?limit=1", "pet")).data).toHaveLength(1);
    expect((await read("/usage?limit=0", "pet")).status).toBe(400);
  });

  test("a stub of a foreign type, published to see who reads it, shows nothing", async () => {
    const spy = linked(`type Query { toy: Toy } type Toy { name: String price: Int pet: Pet }
type Pet @key(fields: "id") { id: ID! } type Person @key(fields: "id") { id: ID! }`);
    await mesh.registry.grant(STEWARD, "playthings", "toys");
    const publish = (sdl: string) =>
      mesh.registry.publish({
        actor: { id: "toys/test", domain: "toys" },
        changes: [{ name: "playthings", source: { sdl, url: "http://127.0.0.1:1/" } }],
        reason: "",
      });
    await publish(spy);
    expect((await read("/usage", "toys")).data).toEqual([]);
    // What was granted to it is its own, whatever it is called.
    const counts = [usageCountOf({ requests: 1 })];
    const coordinates = ["Query.toy", "Toy", "Toy.price"];
    await mesh.registry.usage.record(
      usageBatchOf([{ name: "Toys", signature: "query Toys{toy{price}}", coordinates, counts }]),
    );
    expect((await read("/usage", "toys")).data).toMatchObject([{ operationName: "Toys", coordinates }]);
    await publish(TOY);
    expect((await read("/usage", "toys")).data).toMatchObject([{ operationName: "Toys", coordinates }]);
  });

  test.each(["pet", "nobody"])(
    "62: the texts that gateways plan ahead are not told to the domain %s",
    async (domain) => {
      expect(await read("/usage/texts", domain)).toMatchObject({ status: 403, code: "GATEWAYS_ONLY" });
    },
  );

  test("62: they are told to gateways and the governance team, and to nobody without a token", async () => {
    for (const domain of ["gateway", "governance"])
      expect(await read("/usage/texts", domain)).toMatchObject({ status: 200, data: [] });
    for (const path of ["/usage/texts", "/usage", "/operations"])
      expect(await read(path, "unknown")).toMatchObject({ status: 401, code: "DEPLOY_TOKEN_INVALID" });
  });

  test("of listed operations it sees those of the application of its name, gateways and governance all", async () => {
    const of = async (domain: string) =>
      (await read("/operations", domain)).data.operations.map(({ client }: { client: string }) => client);
    expect(await of("pet")).toEqual(["pet"]);
    expect(await of("nobody")).toEqual([]);
    for (const domain of ["gateway", "governance"]) expect(await of(domain)).toEqual(["*", "person", "pet"]);
    const { revision } = (await read("/operations", "gateway")).data;
    for (const domain of ["pet", "gateway"])
      expect((await read(`/operations?newerThan=${revision}`, domain)).data).toBeNull();
  });

  test("a gateway that follows with a domain's token is told so, instead of refusing what others may send", async () => {
    const follow = (domain: string) =>
      followOperations({ url: address, token: tokens.get(domain) ?? "" })(null);
    await expect(follow("pet")).rejects.toMatchObject({ code: "GATEWAYS_ONLY" });
    expect((await follow("gateway"))?.operations).toHaveLength(3);
  });
});
