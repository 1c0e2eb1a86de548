import { z } from "zod";

/** As https://specs.apollo.dev/tag/v0.3 allows it. */
const TAG = z.string().regex(/^[_A-Za-z][_A-Za-z0-9/-]{0,127}$/, "expected a tag's name");

/** How refusals show, and which are not enforced yet. */
export const authorization = z
  .strictObject({
    mode: z.enum(["filter", "reject"]).default("filter"),
    errors: z.enum(["response", "extensions", "off"]).default("response"),
    /** What is judged and logged, but not enforced: all refusals, or directives and coordinates by name. */
    dryRun: z
      .union([
        z.boolean(),
        z.array(
          z.string().regex(/^@?[A-Za-z]\w*(\.\w+(\(\w+:\))?)?$/, "expected a directive or a coordinate"),
        ),
      ])
      .default(false),
    /** Name the scopes and policies that would be enough in each error. */
    missing: z.boolean().default(true),
  })
  .prefault({});

/** Where deliveries of audited fields are recorded: a database, else a folder, else nowhere. */
export const audit = z
  .strictObject({
    databaseUrl: z.string().min(1).nullable().default(null),
    directory: z.string().min(1).nullable().default(null),
    /** How long a response waits for its record before it is held back. */
    timeoutMs: z.int().positive().default(1000),
  })
  .prefault({});

/** Cedar policies, one file each; without a folder every policy that a schema names refuses. */
export const policies = z
  .strictObject({
    directory: z.string().min(1).nullable().default(null),
    /** For all policies of one request together. */
    timeoutMs: z.int().positive().default(200),
  })
  .prefault({});

/** How schemas are governed while requests are served. */
export const governance = z
  .strictObject({
    /** Hold values to the `@format` of their fields and inputs. */
    checkFormats: z.boolean().default(false),
    /** Who may have operations explained: every caller its own, the governance team only, or nobody. */
    explain: z.enum(["callers", "stewards", "off"]).default("callers"),
  })
  .prefault({});

/** The key that makes masks of one value equal everywhere, and nobody else able to make them. */
export const masking = z.strictObject({ hmacKey: z.string().min(16).nullable().default(null) }).prefault({});

/** Signs who calls to subgraphs; every replica needs the same key. Without one, each start makes its own. */
export const identity = z.strictObject({ privateKey: z.string().nullable().default(null) }).prefault({});

/** Parts of the API, chosen by `@tag`, each at `/graphql/<name>` with its own introspection. */
export const contracts = z
  .record(
    z.string().regex(/^[a-z][a-z0-9-]*$/, "expected lower-case letters, digits and -"),
    z
      .strictObject({
        /** Where not empty, only types and fields with one of these tags are shown. */
        include: z.array(TAG).default([]),
        /** What has one of these tags is hidden. */
        exclude: z.array(TAG).default([]),
      })
      .refine(({ include, exclude }) => include.length + exclude.length > 0, {
        message: "a contract names at least one tag to include or exclude",
      }),
  )
  .default({});
