import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { createCedarPolicies } from "../../../../gateway/policies/cedar-policies.ts";
import { readPolicies } from "../../../../gateway/policies/policy-folder.ts";
import { policyQuestion } from "../../../testkit/policy-questions.ts";

const FOLDER = new URL("../../../../shared/policies/", import.meta.url);
const POLICIES = readPolicies(fileURLToPath(FOLDER));

const cases = z
  .array(
    z.strictObject({
      name: z.string().min(1),
      caller: z
        .strictObject({
          subject: z.string().optional(),
          issuer: z.string().optional(),
          scopes: z.array(z.string()).optional(),
          claims: z.record(z.string(), z.unknown()).optional(),
        })
        .optional(),
      purpose: z.string().optional(),
      action: z.enum(["read", "write"]).optional(),
      product: z.strictObject({
        id: z.string(),
        domain: z.string(),
        coordinates: z.array(z.string()).default([]),
      }),
      /** The moment of the request, ISO 8601. */
      at: z.iso.datetime().optional(),
      expect: z.enum(["allow", "deny"]),
    }),
  )
  .min(1);

describe.each(POLICIES)("the policy $name", ({ name, text }) => {
  const asked = cases.parse(parse(readFileSync(new URL(`tests/${name}.yaml`, FOLDER), "utf8")));

  test.each(asked)("$name → $expect", async ({ caller, purpose, action, product, at, expect: expected }) => {
    const { decide } = await createCedarPolicies([{ name, text }], at ? () => Date.parse(at) : undefined);
    const parts = { policy: name, purpose, action, products: [product] };
    const answer = decide(policyQuestion(caller ? { ...parts, caller } : parts));
    expect(answer ? "allow" : "deny").toBe(expected);
  });

  test("is asked questions of both kinds", () => {
    expect(new Set(asked.map((item) => item.expect))).toEqual(new Set(["allow", "deny"]));
  });
});

test("every test file belongs to a policy", () => {
  const tested = readdirSync(new URL("tests/", FOLDER)).map((file) => file.replace(/\.yaml$/, ""));
  expect(tested.sort()).toEqual(POLICIES.map(({ name }) => name));
});
