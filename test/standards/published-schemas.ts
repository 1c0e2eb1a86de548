import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { Ajv2019 } from "ajv/dist/2019.js";
import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { z } from "zod";

const BITOL = "https://raw.githubusercontent.com/bitol-io";
const LINEAGE = "https://openlineage.io/spec/2-0-2/OpenLineage.json";
/** Where the standards publish the schemas of whole documents. */
const PUBLISHED = {
  odcs: `${BITOL}/open-data-contract-standard/main/schema/odcs-json-schema-v3.1.0.json`,
  odps: `${BITOL}/open-data-product-standard/main/schema/odps-json-schema-v1.0.0.json`,
};
const DEADLINE = 10_000;

const schema = z.looseObject({ $schema: z.string(), $id: z.string().optional() });
const named = z.looseObject({ _schemaURL: z.string() });

/** What is wrong with a value; nothing where it is as the schema says. */
export type Faults = readonly string[];

/** Schemas as they are published: from a folder, by the last part of their address, or from the address itself. */
export class PublishedSchemas {
  readonly #folder: string | null;
  readonly #read = new Map<string, Promise<z.infer<typeof schema>>>();
  readonly #documents = new Ajv2019({ strict: false, allErrors: true });
  readonly #events = new Ajv2020({
    strict: false,
    allErrors: true,
    loadSchema: async (address) => ({ ...(await this.#schema(address)), $id: address }),
  });

  constructor(folder: string | null) {
    this.#folder = folder;
    for (const ajv of [this.#documents, this.#events]) addFormats.default(ajv);
  }

  /** Where each schema was read from, and of which version it says to be. */
  async sources(): Promise<readonly string[]> {
    const read = [...this.#read].map(async ([address, content]) => {
      const { $id } = await content;
      const source = this.#fileOf(address) ?? address;
      return $id === undefined || $id === address ? source : `${source} (${$id}, asked for ${address})`;
    });
    return (await Promise.allSettled(read)).flatMap((item) =>
      item.status === "fulfilled" ? [item.value] : [],
    );
  }

  /** @throws Error where the schema cannot be read */
  async document(standard: "odcs" | "odps", value: unknown): Promise<Faults> {
    const address = PUBLISHED[standard];
    const isValid =
      this.#documents.getSchema(address) ??
      this.#documents.compile({ ...(await this.#schema(address)), $id: address });
    isValid(value);
    return (isValid.errors ?? []).map(
      ({ instancePath, schemaPath, message }) => `${instancePath} ${message} (${schemaPath})`,
    );
  }

  /** An event, and each of its facets by the schema that the facet itself names. */
  async event(event: Readonly<Record<string, unknown>>): Promise<Faults> {
    const faults = [...(await this.#check(String(event.schemaURL), event))];
    if (!String(event.schemaURL).startsWith(`${LINEAGE}#`)) faults.push(`schemaURL: expected ${LINEAGE}`);
    for (const { kind, name, facet } of facetsOf(event, "event")) {
      const { _schemaURL: address } = named.parse(facet);
      const definition = basename(address, ".json");
      const fits = definition.endsWith(`${kind}Facet`);
      if (!fits) faults.push(`${name}: ${definition} is no facet of a ${kind}`);
      faults.push(
        ...(await this.#check(`${address}#/$defs/${definition}`, facet)).map((fault) => `${name}: ${fault}`),
      );
    }
    return faults;
  }

  /** A schema that cannot be read is a fault: nobody knows then. */
  async #check(address: string, value: unknown): Promise<Faults> {
    const isValid =
      this.#events.getSchema(address) ??
      (await this.#events.compileAsync({ $ref: address }).catch((error: Error) => error.message));
    if (typeof isValid === "string") return [isValid];
    isValid(value);
    return (isValid.errors ?? []).map(
      ({ instancePath, message }) => `${instancePath} ${message} (${address})`,
    );
  }

  #schema(address: string): Promise<z.infer<typeof schema>> {
    const known = this.#read.get(address) ?? this.#readSchema(address);
    this.#read.set(address, known);
    return known;
  }

  async #readSchema(address: string): Promise<z.infer<typeof schema>> {
    return schema.parse(JSON.parse(await this.#text(address)));
  }

  async #text(address: string): Promise<string> {
    const file = this.#fileOf(address);
    if (file !== null) return readFile(file, "utf8");
    try {
      const response = await fetch(address, { signal: AbortSignal.timeout(DEADLINE) });
      if (!response.ok) throw new Error(`status ${response.status}`);
      return await response.text();
    } catch (error) {
      throw new Error(`${address} cannot be reached: give a folder that has ${basename(address)}`, {
        cause: error,
      });
    }
  }

  #fileOf(address: string): string | null {
    const file = this.#folder === null ? null : join(this.#folder, basename(address));
    return file !== null && existsSync(file) ? file : null;
  }
}

interface NamedFacet {
  /** As the names of facets end: `Job`, `Run` or `Dataset`. */
  readonly kind: string;
  readonly name: string;
  readonly facet: unknown;
}

const KINDS: Readonly<Record<string, string>> = {
  job: "Job",
  run: "Run",
  dataset: "Dataset",
  inputs: "Dataset",
  outputs: "Dataset",
};

function facetsOf(value: unknown, place: string): readonly NamedFacet[] {
  if (Array.isArray(value)) return value.flatMap((item) => facetsOf(item, place));
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) =>
    key === "facets"
      ? Object.entries(item).map(([name, facet]) => ({ kind: KINDS[place] ?? place, name, facet }))
      : key in KINDS
        ? facetsOf(item, key)
        : [],
  );
}
