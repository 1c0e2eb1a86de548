import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Finding } from "../../../gateway/supergraph/finding.ts";
import { query } from "../../testkit/query.ts";
import {
  deployerOf,
  domainSdl,
  linked,
  startRegistry,
  type TestRegistry,
} from "../../testkit/start-registry.ts";
import { usageBatchOf, usageCountOf } from "../../testkit/usage-batches.ts";

const PET = domainSdl("Pet", `name: String age: Int old: String @deprecated(reason: "use name")`);
const WITHOUT_NAME = PET.replace("name: String ", "");
const COORDINATES = ["Pet", "Pet.name", "Query", "Query.pet", "String"];

describe("a check weighs breaking changes by recorded usage", () => {
  let mesh: TestRegistry;
  beforeEach(async () => {
    mesh = await startRegistry();
    await mesh.publish("pet", PET);
  });
  afterEach(() => mesh.stop());

  function check(sdl: string, options: { readonly window?: number; readonly threshold?: number } = {}) {
    const changes = [{ name: "pet", source: { sdl, url: "http://127.0.0.1:1/pet" } }];
    return mesh.registry.check({ actor: deployerOf("pet"), changes, reason: "", ...options });
  }

  function record(coordinates: readonly string[], count: Parameters<typeof usageCountOf>[0], dropped = 0) {
    const signature = `query Pets{pets ${coordinates.join(" ").replace(/[^\w ]/g, "_")}}`;
    const operation = { signature, coordinates: [...coordinates], counts: [usageCountOf(count)] };
    return mesh.registry.usage.record(usageBatchOf([operation], { dropped }));
  }

  const about = (findings: readonly Finding[], coordinate: string) =>
    findings.filter((finding) => finding.coordinate === coordinate);

  test("a field in use is refused, naming the application, the operation, how often and when last", async () => {
    await record(COORDINATES, { clientName: "storefront", clientVersion: "1.4", requests: 9 });
    await record(["Pet.age"], { clientName: "admin", requests: 1 });
    const { findings, decision } = await check(WITHOUT_NAME);
    expect(decision).toMatchObject({ kind: "refused", code: "BREAKING_CHANGE" });
    expect(about(findings, "Pet.name")).toMatchObject([
      {
        severity: "error",
        message: expect.stringMatching(/Used by storefront 1\.4: 90 % of the requests of 30 days\.$/),
        affected: [
          {
            clientName: "storefront",
            clientVersion: "1.4",
            operationName: "Pets",
            requests: 9,
            lastSeen: expect.stringMatching(/^20/),
            coordinates: ["Pet.name"],
          },
        ],
        subgraphs: ["pet"],
        location: { line: 5, column: 6 },
      },
    ]);
  });

  test("a field that nobody used goes with a warning that it was not deprecated first", async () => {
    await record(["Pet.age"], { requests: 1 });
    const { findings, decision } = await check(WITHOUT_NAME);
    expect(decision.kind).toBe("accepted");
    expect(about(findings, "Pet.name")).toMatchObject([
      {
        severity: "warning",
        code: "BREAKING_CHANGE",
        message: expect.stringMatching(/No application used it in the last 1 hour/),
      },
      { severity: "warning", code: "REMOVED_WITHOUT_DEPRECATION" },
    ]);
  });

  test("a deprecated field goes where nobody used it, and stays while somebody does", async () => {
    const without = PET.replace(/old: String @deprecated\(.*?\)/, "");
    expect((await check(without)).decision.kind).toBe("accepted");
    await record(["Pet.age"], {});
    const unused = await check(without);
    expect(unused.decision.kind).toBe("accepted");
    expect(about(unused.findings, "Pet.old")).toHaveLength(1);
    await record(["Pet.old"], { clientName: "legacy" });
    const { findings, decision } = await check(without);
    expect(decision).toMatchObject({ kind: "refused", code: "BREAKING_CHANGE" });
    expect(about(findings, "Pet.old")[0]?.message).toContain("Used by legacy 1.0");
  });

  test("silence proves nothing where no usage is recorded, or where some was lost", async () => {
    const unknown = await check(WITHOUT_NAME);
    expect(unknown.decision.kind).toBe("refused");
    expect(about(unknown.findings, "Pet.name")[0]?.message).toContain("No usage is recorded");
    await record(["Pet.age"], {}, 12);
    const lost = await check(WITHOUT_NAME);
    expect(lost.decision.kind).toBe("refused");
    expect(about(lost.findings, "Pet.name")[0]?.message).toContain("12 requests were lost");
  });

  test("the window and the threshold decide what counts as use", async () => {
    await record(COORDINATES, { clientName: "storefront", requests: 2 });
    await query(mesh.database.ownerUrl, "UPDATE usage_count SET hour = hour - interval '20 days'");
    await record(["Pet.age"], { requests: 98 });
    expect((await check(WITHOUT_NAME)).decision.kind).toBe("refused");
    expect((await check(WITHOUT_NAME, { window: 7 })).decision.kind).toBe("accepted");
    expect((await check(WITHOUT_NAME, { threshold: 1.9 })).decision.kind).toBe("refused");
    const tolerated = await check(WITHOUT_NAME, { threshold: 2 });
    expect(tolerated.decision.kind).toBe("accepted");
    expect(about(tolerated.findings, "Pet.name")[0]?.message).toContain("Used by storefront 1.0: 2 %");
  });

  test.each([
    ["the type of a field", (sdl: string) => sdl.replace("age: Int", "age: String"), "Pet.age", "Pet.age"],
    [
      "a new required argument",
      (sdl: string) => sdl.replace("age: Int", "age(unit: String!): Int"),
      "Pet.age",
      "Pet.age.unit",
    ],
    [
      "a whole type",
      (sdl: string) => sdl.replace(/kind: Kind/, "").replace(/enum Kind.*/, ""),
      "Kind",
      "Kind",
    ],
    ["an enum value that may be answered", (sdl: string) => sdl.replace(" CAT", ""), "Kind.*", "Kind.CAT"],
    ["an enum value that is sent", (sdl: string) => sdl.replace(" CAT", ""), "Kind.CAT", "Kind.CAT"],
  ])("%s counts for those who use it, and for nobody else", async (_what, change, used, path) => {
    const sdl = `${PET.replace("age: Int", "age: Int kind: Kind")}\nenum Kind { DOG CAT }`;
    await mesh.publish("pet", sdl);
    await record(["Pet.name"], {});
    expect((await check(change(sdl))).decision.kind).toBe("accepted");
    await record([used], { clientName: "vet" });
    const { findings, decision } = await check(change(sdl));
    expect(decision.kind).toBe("refused");
    expect(about(findings, path)[0]?.message).toContain("vet");
  });

  test("an argument that is removed counts for those who give it", async () => {
    const sdl = PET.replace("age: Int", "age(unit: String): Int");
    await mesh.publish("pet", sdl);
    await record(["Pet.age"], {});
    expect((await check(PET)).decision.kind).toBe("accepted");
    await record(["Pet.age", "Pet.age(unit:)"], { clientName: "vet" });
    expect((await check(PET)).decision.kind).toBe("refused");
  });
});

describe("a check names who a change of governance concerns", () => {
  let mesh: TestRegistry;
  beforeEach(async () => {
    mesh = await startRegistry();
  });
  afterEach(() => mesh.stop());

  const OPEN = domainSdl("Person", "salary: Int name: String");
  const check = (sdl: string) =>
    mesh.registry.check({
      actor: deployerOf("person"),
      changes: [{ name: "person", source: { sdl, url: "http://127.0.0.1:1/person" } }],
      reason: "",
    });

  test("a guard that is new names the applications that lose the field, and no others", async () => {
    await mesh.publish("person", OPEN);
    const counts = [
      usageCountOf({ clientName: "payroll", scopes: ["pay"] }),
      usageCountOf({ clientName: "directory", scopes: ["read"] }),
      usageCountOf({ clientName: "website", scopes: [], authenticated: false }),
    ];
    await mesh.registry.usage.record(
      usageBatchOf([
        { coordinates: ["Person", "Person.salary"], counts },
        {
          name: "Names",
          coordinates: ["Person", "Person.name"],
          counts: [usageCountOf({ clientName: "names" })],
        },
      ]),
    );
    const { findings, decision } = await check(
      domainSdl("Person", `salary: Int @requiresScopes(scopes: [["pay"]]) name: String`),
    );
    expect(decision.kind).toBe("accepted");
    const [tightened] = findings.filter(({ code }) => code === "GOVERNANCE_TIGHTENED");
    expect(tightened).toMatchObject({
      coordinate: "Person.salary",
      severity: "warning",
      location: { line: 5 },
    });
    expect(tightened?.affected?.map(({ clientName }) => clientName).sort()).toEqual(["directory", "website"]);
  });

  test("a guard on a type concerns all who touch it; one that everybody meets concerns nobody", async () => {
    await mesh.publish("person", OPEN);
    await mesh.registry.usage.record(
      usageBatchOf([
        { coordinates: ["Person", "Person.name"], counts: [usageCountOf({ clientName: "app" })] },
      ]),
    );
    const guarded = (scope: string) =>
      OPEN.replace("type Person", `type Person @requiresScopes(scopes: [["${scope}"]])`);
    const lost = await check(guarded("other"));
    expect(lost.findings.filter(({ code }) => code === "GOVERNANCE_TIGHTENED")).toMatchObject([
      { coordinate: "Person", message: expect.stringContaining("app 1.0") },
    ]);
    const met = await check(guarded("read"));
    expect(met.findings.filter(({ code }) => code === "GOVERNANCE_TIGHTENED")).toEqual([]);
  });

  test("a mask that is loosened names who gets the field", async () => {
    const masked = domainSdl("Person", `email: String @mask(strategy: EMAIL, unlessScopes: ["pii"])`);
    await mesh.publish("person", masked);
    await mesh.registry.usage.record(
      usageBatchOf([{ coordinates: ["Person.email"], counts: [usageCountOf({ clientName: "newsletter" })] }]),
    );
    const { findings, decision } = await check(masked.replace(`["pii"]`, `["pii", "read"]`));
    expect(decision).toMatchObject({ kind: "refused", code: "GOVERNANCE_LOOSENED" });
    expect(findings[0]).toMatchObject({
      code: "GOVERNANCE_LOOSENED",
      message: expect.stringContaining("Delivered to newsletter 1.0"),
      affected: [{ clientName: "newsletter" }],
    });
  });
});

test("a hint says subgraph, line and column, those of the schema that is checked", async () => {
  const mesh = await startRegistry();
  await mesh.publish(
    "item",
    linked(
      `type Query { item: Item }
type Item @key(fields: "id") @shareable { id: ID! size: Int }`.replace(" @shareable", ""),
    ),
  );
  const sdl = linked(`type Query { thing: Item }
type Item @key(fields: "id") {
  id: ID!
  size: Float
}`);
  const { findings } = await mesh.registry.check({
    actor: deployerOf("thing"),
    changes: [{ name: "thing", source: { sdl, url: "http://127.0.0.1:1/thing" } }],
    reason: "",
  });
  const error = findings.find(({ severity }) => severity === "error");
  expect(error).toMatchObject({ subgraphs: ["thing", "item"], location: { line: 7, column: 3 } });
  expect(error?.places).toHaveLength(2);
  await mesh.stop();
});
