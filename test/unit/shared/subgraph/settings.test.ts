import { describe, expect, it } from "vitest";
import { readSubgraphSettings } from "../../../../shared/subgraph/settings.ts";

describe("the settings of a subgraph", () => {
  it("have defaults that suit a local gateway", () => {
    expect(readSubgraphSettings({ PORT: "", PATH: "/bin" })).toEqual({
      port: 4100,
      host: "127.0.0.1",
      databaseUrl: null,
      cursorKey: null,
      gatewayJwksUrl: "http://localhost:4000/.well-known/jwks.json",
      logLevel: "info",
    });
  });

  it("are read from the environment", () => {
    const env = {
      PORT: "0",
      HOST: "::",
      DATABASE_URL: "postgres://order_app@/order?host=/run/postgres",
      DPG_CURSOR_KEY: "0123456789abcdef",
      DPG_GATEWAY_JWKS_URL: "https://gateway.example.com/jwks.json",
      LOG_LEVEL: "debug",
    };
    expect(readSubgraphSettings(env)).toEqual({
      port: 0,
      host: "::",
      databaseUrl: env.DATABASE_URL,
      cursorKey: env.DPG_CURSOR_KEY,
      gatewayJwksUrl: env.DPG_GATEWAY_JWKS_URL,
      logLevel: "debug",
    });
  });

  it.each([
    ["PORT", "http"],
    ["PORT", "65536"],
    ["DATABASE_URL", "mysql://user:hunter2@host/db"],
    ["DPG_GATEWAY_JWKS_URL", "gateway"],
    ["DPG_CURSOR_KEY", "hunter2"],
    ["LOG_LEVEL", "loud"],
  ])("name a wrong %s without showing it (%s)", (name, value) => {
    const read = () => readSubgraphSettings({ [name]: value });
    expect(read).toThrow(expect.objectContaining({ code: "SUBGRAPH_SETTINGS_INVALID" }));
    expect(read).toThrow(new RegExp(`^${name}: `));
    expect(read).not.toThrow(/hunter2/);
  });
});
