import type { LookupAddress } from "node:dns";
import { describe, expect, test } from "vitest";
import { createGuardedLookup, refuseRoutingUrl } from "../../../shared/routing-address.ts";

describe("61: a routing URL", () => {
  test.each([
    "http://169.254.169.254/latest/meta-data",
    "http://2852039166/",
    "http://0xa9fea9fe/",
    "http://0251.0376.0251.0376/",
    "http://2130706433/graphql",
    "http://127.1/graphql",
    "http://[::ffff:127.0.0.1]/graphql",
    "http://[::ffff:a9fe:a9fe]/",
    "http://[64:ff9b::a9fe:a9fe]/",
    "http://[fd00:ec2::254]/",
    "http://[fe80::1]/",
    "http://0.0.0.0/",
    "http://[::]/",
    "http://metadata.google.internal/",
    "http://user:secret@orders.internal/graphql",
    "file:///etc/passwd",
    "gopher://127.0.0.1/",
    "orders.internal/graphql",
    "",
  ])("%s is refused everywhere", (url) => {
    expect([refuseRoutingUrl(url, false), refuseRoutingUrl(url, true)]).toEqual([
      expect.any(String),
      expect.any(String),
    ]);
  });

  test.each([
    "http://localhost:4001/graphql",
    "https://localhost/graphql",
    "https://orders.localhost/graphql",
    "https://127.0.0.1/graphql",
    "https://127.8.9.1/graphql",
    "https://[::1]/graphql",
    "http://orders.internal/graphql",
  ])("%s is refused in production only", (url) => {
    expect([refuseRoutingUrl(url, false), refuseRoutingUrl(url, true)]).toEqual([null, expect.any(String)]);
  });

  test.each([
    "https://orders.example.com/graphql",
    "https://10.1.2.3:8443/graphql",
    "https://[fd12::1]/graphql",
  ])("%s is accepted", (url) => {
    expect([refuseRoutingUrl(url, false), refuseRoutingUrl(url, true)]).toEqual([null, null]);
  });
});

describe("61: the address at connect time", () => {
  const resolve = (production: boolean, all: boolean) =>
    new Promise<string | readonly LookupAddress[]>((done, fail) => {
      createGuardedLookup(production)("localhost", { all }, (error, found) =>
        error ? fail(error) : done(found),
      );
    });

  test("is refused in production where a name points at this machine, whatever it pointed at before", async () => {
    await expect(resolve(true, true)).rejects.toThrow(/is this machine/);
    await expect(resolve(true, false)).rejects.toThrow(/is this machine/);
  });

  test("is taken in development", async () => {
    expect(await resolve(false, false)).toMatch(/^(127\.0\.0\.1|::1)$/);
    expect(await resolve(false, true)).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ address: expect.stringMatching(/^(127\.0\.0\.1|::1)$/) }),
      ]),
    );
  });
});
