import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

// graphql resolves to its ES modules under vite and to CommonJS in node: two realms, failing `instanceof`.
const alias = { graphql: fileURLToPath(new URL("./node_modules/graphql/index.js", import.meta.url)) };

export default defineConfig({
  test: {
    projects: [
      {
        resolve: { alias },
        test: {
          name: "unit",
          include: ["test/{unit,composition,architecture}/**/*.test.ts"],
          testTimeout: 30_000,
        },
      },
      {
        resolve: { alias },
        test: {
          name: "integration",
          include: ["test/{integration,hardening,differential,chaos}/**/*.test.ts"],
          globalSetup: ["test/testkit/postgres-global-setup.ts"],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        resolve: { alias },
        test: {
          // Tests that judge times: one after the other, when all others are done.
          name: "measured",
          include: ["test/measured/**/*.test.ts"],
          globalSetup: ["test/testkit/postgres-global-setup.ts"],
          testTimeout: 300_000,
          hookTimeout: 60_000,
          fileParallelism: false,
          sequence: { groupOrder: 1 },
        },
      },
      {
        resolve: { alias },
        test: {
          name: "e2e",
          include: ["test/e2e/**/*.test.ts"],
          testTimeout: 180_000,
          hookTimeout: 180_000,
          fileParallelism: false,
        },
      },
      {
        resolve: { alias },
        test: {
          // Needs npm's registry, where Rover is; so it is no part of `npm test`.
          name: "rover",
          include: ["test/rover/**/*.test.ts"],
          globalSetup: ["test/testkit/postgres-global-setup.ts"],
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        resolve: { alias },
        test: {
          // Needs a `redis-server`, which `.ci/run` installs; so it is no part of `npm test`.
          name: "redis",
          include: ["test/redis/**/*.test.ts"],
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        resolve: { alias },
        test: {
          // Needs a Chromium, which `.ci/run` installs; so it is no part of `npm test`.
          name: "browser",
          include: ["test/browser/**/*.test.ts"],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
