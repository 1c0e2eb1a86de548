import { z } from "zod";
import { descriptorSchema, type ProductDescriptor } from "../../../shared/product-descriptor.ts";
import type { Contract } from "./contract-schema.ts";
import { statusOf } from "./vocabulary.ts";

/** What both standards say of a product. */
export interface Words
  extends Pick<
    ProductDescriptor,
    "id" | "domain" | "owner" | "outputPorts" | "serviceLevels" | "quality" | "roles" | "inputPorts"
  > {
  readonly name?: string | undefined;
  readonly version: string;
  readonly status: string;
  /** When it was begun; whatever is no moment is left to what is kept beside. */
  readonly created?: unknown;
  readonly description?:
    | {
        readonly purpose?: string | undefined;
        readonly usage?: string | undefined;
        readonly limitations?: string | undefined;
      }
    | undefined;
  readonly tags?: readonly string[] | undefined;
  readonly support?: Contract["support"];
  readonly own: {
    readonly description?: string | undefined;
    readonly license?: string | undefined;
    readonly billing?: string | undefined;
  };
}

/** A descriptor of what both standards say alike; where they are silent it says so. */
export function describeProduct(words: Words): ProductDescriptor {
  const { id, domain, name, version, status, description: terms, tags, support, own } = words;
  const created = descriptorSchema.shape.created.safeParse(words.created).data;
  const purpose = terms?.purpose?.trim() || UNSAID;
  return descriptorSchema.parse({
    id,
    domain,
    name: name?.trim() || id,
    version: /^\d+\.\d+\.\d+$/.test(version) ? version : "1.0.0",
    status: statusOf(status),
    ...(created === undefined ? {} : { created }),
    description: own.description ?? purpose,
    purpose,
    owner: words.owner,
    support: (support ?? []).flatMap(supportChannel),
    tags: (tags ?? []).filter((tag) => tag.trim() !== ""),
    outputPorts: words.outputPorts,
    inputPorts: words.inputPorts,
    serviceLevels: words.serviceLevels,
    quality: words.quality,
    roles: words.roles,
    terms: {
      usage: terms?.usage?.trim() || UNSAID,
      limitations: terms?.limitations?.trim() || UNSAID,
      ...(own.license === undefined ? {} : { license: own.license }),
      ...(own.billing === undefined ? {} : { billing: own.billing }),
    },
  });
}

const UNSAID = "Not said.";

function supportChannel(item: NonNullable<Contract["support"]>[number]) {
  const { channel, url = "", tool, description } = item;
  const candidate = {
    channel,
    url,
    ...(tool?.trim() ? { tool } : {}),
    ...(description?.trim() ? { description } : {}),
  };
  const parsed = descriptorSchema.shape.support.unwrap().element.safeParse(candidate);
  return parsed.success ? [parsed.data] : [];
}

/** Ours is `domain.product`; another is made one, and kept beside. */
export function addressOf(id: string, domain: string | undefined) {
  const slug = (text: string) => {
    const plain = text
      .toLowerCase()
      .replace(/[^a-z0-9_-]+/g, "-")
      .replace(/^[-_]+|[-_]+$/g, "");
    return /^\d/.test(plain) ? `p${plain}` : plain;
  };
  const [first = "", second] = id.split(".");
  const own = slug(domain ?? (second === undefined ? "" : first)) || "imported";
  const isOurs = /^[a-z][a-z0-9_-]*\.[a-z][a-z0-9_-]*$/.test(id) && first === own;
  return { domain: own, id: isOurs ? id : `${own}.${slug(id) || "product"}` };
}

type Members = readonly {
  readonly username?: string | undefined;
  readonly name?: string | undefined;
  readonly role?: string | undefined;
}[];

/** Who answers for it: the team, and the member that is called owner, else the first; whose name everybody would be told is no team. */
export function ownerOf(
  team: string | undefined,
  members: Members,
  domain: string,
): ProductDescriptor["owner"] {
  const owner = members.find(({ role }) => role?.toLowerCase() === "owner") ?? members[0];
  const contact = [owner, ...members]
    .map((item) => item?.username ?? "")
    .find((name) => z.email().safeParse(name).success);
  return {
    team: team?.trim() || `${domain}-domain`,
    contact: contact ?? `${domain}@example.invalid`,
  };
}
