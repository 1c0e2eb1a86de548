import { z } from "zod";
import { defineDirective } from "../define-directive.ts";
import { enumValue } from "../directive-arguments.ts";
import { LONGEST_NAME } from "../longest-name.ts";
import { descriptorSchema } from "../product-descriptor.ts";

/** As a descriptor has them. */
const address = z.object({
  id: descriptorSchema.shape.id.max(LONGEST_NAME),
  domain: descriptorSchema.shape.domain.max(LONGEST_NAME),
});

/** `@dataProduct`: ties a type to the product whose descriptor is `product.yaml` (governance.md §3). */
export const dataProduct = defineDirective({
  name: "dataProduct",
  spec: "governance",
  sdl: `enum DataProductStatus { DRAFT ACTIVE DEPRECATED RETIRED }
directive @dataProduct(id: String!, domain: String!, version: String!, status: DataProductStatus!) repeatable on SCHEMA | OBJECT`,
  args: z.strictObject({
    id: z.string().min(1),
    domain: z.string().min(1),
    version: z.string().regex(/^\d+\.\d+\.\d+$/, "expected a version such as 1.0.0"),
    status: enumValue(["DRAFT", "ACTIVE", "DEPRECATED", "RETIRED"]),
  }),
  unfit: (args) =>
    address.safeParse(args).error?.issues.map(({ path, message }) => `${path.join(".")}: ${message}`) ?? [],
  merge: (contributions) => {
    const byId = new Map<string, (typeof contributions)[number]["applications"][number]>();
    for (const args of contributions.flatMap((item) => item.applications)) {
      const key = `${args.id}@${args.version}`;
      const known = byId.get(key);
      if (known && JSON.stringify(known) !== JSON.stringify(args))
        return { kind: "conflict", reason: `product ${key} is described in two ways` };
      byId.set(key, args);
    }
    return { kind: "merged", applications: [...byId.values()] };
  },
  weakens: () => false,
  ofProduct: ({ id, domain, version, status }) => ({ id, domain, version, status }),
  facts: ({ id, domain }) => ({ product: { id, domain } }),
  describe: ({ id, version }) => `${id} ${version}`,
});
