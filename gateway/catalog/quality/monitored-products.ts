import { z } from "zod";
import { parsePeriod } from "../../../shared/iso-period.ts";
import { keyText } from "../../../shared/postgres/key-text.ts";
import { descriptorSchema, type ProductDescriptor } from "../../../shared/product-descriptor.ts";
import type { QualityRule } from "../../../shared/quality-rule.ts";
import { type ManifestFacts, manifestFacts, manifestSchema } from "../../supergraph/manifest-facts.ts";
import { datasetOf, isField } from "../lineage/place-id.ts";
import { splitDataset } from "../openlineage/split-dataset.ts";
import type { ServiceLevelKind } from "../read-models.ts";

/** What is measured of a data product. */
export interface MonitoredProduct {
  readonly id: string;
  readonly domain: string;
  readonly version: string;
  /** Bounds that its owners promise, in the units of {@link ServiceLevelKind}; no entry where nothing is promised. */
  readonly targets: ReadonlyMap<ServiceLevelKind, number>;
  readonly onStale: "off" | "warn" | "block";
  readonly rules: readonly MonitoredRule[];
  /** What it is made from, outside the graph: `namespace/name`. */
  readonly inputs: readonly string[];
}

interface MonitoredRule {
  readonly name: string;
  readonly severity: "error" | "warning";
  /** Milliseconds from one check to the next. */
  readonly everyMs: number;
  /** Whether its result is the age of the data in seconds. */
  readonly isAge: boolean;
  /** The assertion whose outcomes are its results; null for what the domain checks itself. */
  readonly reported: ReportedAssertion | null;
}

interface ReportedAssertion {
  readonly namespace: string;
  readonly name: string;
  readonly assertion: string;
  readonly column: string;
}

/** A product of a generation that cannot be measured. */
export interface SkippedProduct {
  /** That serves it; null where not even that can be read. */
  readonly subgraph: string | null;
  readonly error: unknown;
}

const artifact = z.object({ products: z.array(z.unknown()).default([]), governance: manifestSchema });
const described = z.object({ descriptor: descriptorSchema });
const served = z.object({ subgraph: z.string() });

/**
 * The data products of a published generation whose owners describe them. Each is read for itself: what one domain
 * published, and an older version took, does not stop the measuring of the others.
 *
 * @param content JSON text of the artifact
 */
export function readMonitoredProducts(content: string): {
  readonly products: readonly MonitoredProduct[];
  readonly skipped: readonly SkippedProduct[];
} {
  const { products, governance } = artifact.parse(JSON.parse(content));
  const facts = manifestFacts(governance);
  const read: MonitoredProduct[] = [];
  const skipped: SkippedProduct[] = [];
  for (const product of products)
    try {
      read.push(monitored(described.parse(product).descriptor, facts));
    } catch (error) {
      skipped.push({ subgraph: served.safeParse(product).data?.subgraph ?? null, error });
    }
  return { products: read, skipped };
}

function monitored(descriptor: ProductDescriptor, all: readonly ManifestFacts[]): MonitoredProduct {
  const types = new Set(descriptor.outputPorts.map(({ type }) => type));
  const stated = all
    .filter(({ coordinate }) => types.has(typeOf(coordinate)))
    .flatMap(({ facts }) => facts.flatMap(({ sources = [] }) => sources.map(({ from }) => from)));
  const ports = descriptor.inputPorts.flatMap((port) => ("dataset" in port ? [port.dataset] : []));
  const { id, domain, version, serviceLevels, quality } = descriptor;
  return {
    // Keys of tables: no domain's long name stops the measuring of the others.
    id: keyText(id),
    domain,
    version,
    targets: targetsOf(serviceLevels),
    onStale: serviceLevels.onStale,
    rules: quality.map((rule) => ({
      name: keyText(rule.name),
      severity: rule.severity,
      everyMs: parsePeriod(rule.every)?.milliseconds ?? HOUR,
      isAge: rule.rule === "freshness",
      reported: reportedBy(rule),
    })),
    inputs: [...new Set([...ports, ...stated.filter((source) => !isField(source))].map(datasetOf))],
  };
}

const HOUR = 3_600_000;

function reportedBy(rule: QualityRule): ReportedAssertion | null {
  const dataset = rule.rule === "pipeline" ? splitDataset(rule.dataset) : null;
  if (rule.rule !== "pipeline" || dataset === null) return null;
  const { assertion, column = "" } = rule;
  return { namespace: dataset.namespace, name: dataset.name, assertion, column };
}

function targetsOf(levels: ProductDescriptor["serviceLevels"]): MonitoredProduct["targets"] {
  const freshness = parsePeriod(levels.freshness)?.milliseconds;
  return new Map<ServiceLevelKind, number>([
    ["AVAILABILITY", levels.availability],
    ["LATENCY", levels.latencyP95Ms],
    ...(levels.errorRate === undefined ? [] : [["ERROR_RATE", levels.errorRate] as const]),
    // PT0S is what is read straight from where it is written: it has no age.
    ...(freshness === undefined ? [] : [["FRESHNESS", freshness / 1000] as const]),
  ]);
}

function typeOf(coordinate: string): string {
  return coordinate.split(".")[0] ?? "";
}
