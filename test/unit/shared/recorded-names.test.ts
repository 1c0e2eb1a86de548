import { expect, test } from "vitest";
import { applicationName, applicationVersion, isOperationName } from "../../../shared/recorded-names.ts";

test.each(["storefront", "Web Shop (iOS)", "team-7/report.job", "Lager & Versand", ""])(
  "%j is kept as the name of an application",
  (name) => {
    expect(applicationName(name, false)).toBe(name);
    expect(applicationName(name, true)).toBe(name);
  },
);

test.each(["maria@example.com", "Maria <maria@example.com>", "maria%40example.com", "maria(at)example.com"])(
  "%j goes with the others, whoever says so",
  (name) => {
    expect(applicationName(name, false)).toBeNull();
    expect(applicationName(name, true)).toBeNull();
  },
);

test.each(["+49 170 1234567", "+49-170-123-45-67", "6f9619ff-8b86-4011-b42d-00cf4fc964ff", "x".repeat(101)])(
  "%j is an application's name only where a token's issuer says so",
  (name) => {
    expect(applicationName(name, false)).toBeNull();
    expect(applicationName(name, true)).toBe(name);
  },
);

test.each([
  ["1.0", "1.0"],
  ["2024.11.3-rc.1+build.77", "2024.11.3-rc.1+build.77"],
  ["a1b2c3d4e5f6", "a1b2c3d4e5f6"],
  ["", ""],
  ["maria@example.com", ""],
  ["Maria Smith", ""],
  ["+491701234567", ""],
  ["1".repeat(51), ""],
])("version %j is kept as %j", (version, kept) => {
  expect(applicationVersion(version)).toBe(kept);
});

test.each(["CheckoutPage", "orders_v2", "GetCustomerByID", "Top100"])("%s is an operation's name", (name) => {
  expect(isOperationName(name)).toBe(true);
});

test.each([
  "maria_example_com",
  "mariaExampleCom",
  "MARIA_GMAIL_COM",
  "maria_at_example_de",
  "call_491701234567",
  "p_555_123_4567",
  "Maria@example",
  "n".repeat(101),
])("%s may be somebody's address or number", (name) => {
  expect(isOperationName(name)).toBe(false);
});
