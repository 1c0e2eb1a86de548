import type { CatalogAspect } from "../../shared/define-directive.ts";
import { ClientError } from "../../shared/errors.ts";
import type { ProductDescriptor } from "../../shared/product-descriptor.ts";
import type { QualityRule } from "../../shared/quality-rule.ts";
import { connectionResolvers, edgeResolvers } from "../../shared/subgraph/connection-resolvers.ts";
import { dateTime } from "../../shared/subgraph/date-time.ts";
import type { CatalogRule } from "./catalog.ts";
import type { Context } from "./loaders.ts";
import type { PipelineTest } from "./read-models.ts";
import type { Resolvers } from "./resolver-types.ts";
import type { CatalogFieldRow, InputPortRow, QualityCheckRow, ServiceLevelRow } from "./rows.ts";
import { toConsumers, toOperations } from "./usage-rows.ts";

const MAX_DEPTH = 10;
const MAX_LAST = 500;
const MAX_HOURS = 2160;
const MAX_DAYS = 90;

/** What answers the fields of the catalog. */
export const resolvers: Resolvers = {
  DateTime: dateTime,
  Query: {
    dataProducts: (_query, args, { loaders }) => loaders.products({ ...args, filter: args }),
    dataProduct: (_query, { id }, { loaders }) => loaders.product.load(id),
    catalogFields: (_query, args, { loaders }) => loaders.fields({ ...args, filter: args }),
    catalogField: (_query, { coordinate }, { loaders }) => loaders.field.load(coordinate),
    lineage: (_query, { of, direction, depth }, { loaders }) =>
      loaders.lineage({ of, direction, depth: within("depth", depth, MAX_DEPTH) }),
    mesh: (_query, _args, { loaders }) => loaders.mesh(),
  },
  DataProduct: {
    __resolveReference: ({ id }, { loaders }) => loaders.product.load(id),
    description: ({ descriptor }) => descriptor?.description ?? null,
    purpose: ({ descriptor }) => descriptor?.purpose ?? null,
    usage: ({ descriptor }) => descriptor?.terms.usage ?? null,
    limitations: ({ descriptor }) => descriptor?.terms.limitations ?? null,
    license: ({ descriptor }) => descriptor?.terms.license ?? null,
    billing: ({ descriptor }) => descriptor?.terms.billing ?? null,
    owner: ownerOf,
    support: ({ descriptor }) =>
      (descriptor?.support ?? []).map(({ channel, url, tool = null, description = null }) => ({
        channel,
        url,
        tool,
        description,
      })),
    outputPorts: ({ id, ports }) => ports.map((port) => ({ ...port, product: id })),
    inputPorts: ({ descriptor }) => inputPorts(descriptor),
    fields: ({ id }, _args, { loaders }) => loaders.fieldsOf.load(id),
    roles: ({ descriptor }) =>
      (descriptor?.roles ?? []).map(({ name, access, scopes, description = null }) => ({
        name,
        access,
        scopes,
        description,
      })),
    serviceLevels: ({ id, descriptor }) => serviceLevels(id, descriptor),
    qualityChecks: ({ id, descriptor }) => (descriptor?.quality ?? []).map((rule) => ({ product: id, rule })),
    pipelineTests: async ({ id, descriptor }, { last }, { loaders }) => {
      const tests = await loaders.pipelineTests(id, within("last", last, MAX_LAST));
      const rules = descriptor?.quality ?? [];
      return tests.filter((test) => !rules.some((rule) => isSameTest(rule, test)));
    },
    consumers: async ({ id }, _args, { loaders }) => toConsumers(await loaders.usesOfProduct.load(id)),
    consumerCount: async ({ id }, _args, { loaders }) => (await loaders.consumerCount.load(id))?.count ?? 0,
    versions: ({ id }, _args, { loaders }) => loaders.versionsOf.load(id),
    changes: ({ id }, { last }, { loaders }) => loaders.changesOf(id, within("last", last, MAX_LAST)),
    contractPath: ({ id }) => `/catalog/products/${id}/contract.yaml`,
    productPath: ({ id }) => `/catalog/products/${id}/product.yaml`,
  },
  DataProductConnection: {
    ...connectionResolvers,
    facets: ({ conditions }, _args, { loaders }) => loaders.facets(conditions),
  },
  DataProductEdge: edgeResolvers,
  OutputPort: {
    fields: async ({ product, type }, _args, { loaders }) =>
      (await loaders.fieldsOf.load(product)).filter(({ parentType }) => parentType === type),
  },
  InputPort: {
    product: ({ productId }, _args, { loaders }) =>
      productId === null ? null : loaders.product.load(productId),
  },
  CatalogField: {
    __resolveReference: ({ coordinate }, { loaders }) => loaders.field.load(coordinate),
    product: async ({ product }, _args, { loaders }) => existing(await loaders.product.load(product)),
    owner: ownerOf,
    masks: rulesOf("MASKING"),
    requirements: rulesOf("ACCESS"),
    purposes: rulesOf("PURPOSES"),
    rowFilters: rulesOf("ROWS"),
    retention: rulesOf("AGE"),
    upstream: ({ coordinate }, { depth }, { loaders }) =>
      loaders.lineage({ of: coordinate, direction: "UPSTREAM", depth: within("depth", depth, MAX_DEPTH) }),
    downstream: ({ coordinate }, { depth }, { loaders }) =>
      loaders.lineage({ of: coordinate, direction: "DOWNSTREAM", depth: within("depth", depth, MAX_DEPTH) }),
    qualityChecks: async ({ coordinate, product }, _args, { loaders }) => {
      const rules = (await loaders.product.load(product))?.descriptor?.quality ?? [];
      return rules.flatMap((rule) => (rule.on === coordinate ? [{ product, rule }] : []));
    },
    consumers: async ({ coordinate }, _args, { loaders }) =>
      toConsumers(await loaders.usesOfField.load(coordinate)),
  },
  CatalogFieldConnection: connectionResolvers,
  CatalogFieldEdge: edgeResolvers,
  ServiceLevel: {
    status: (level, _args, { loaders }) => loaders.status(level),
    series: (level, { hours }, { loaders }) => loaders.series(level, within("hours", hours, MAX_HOURS)),
  },
  QualityCheck: {
    id: ({ product, rule }) => `${product}/${rule.name}`,
    name: ({ rule }) => rule.name,
    rule: ({ rule }) => rule.rule,
    coordinate: ({ rule }) => rule.on,
    summary: ({ rule }) => rule.description ?? sayRule(rule),
    severity: ({ rule }) => rule.severity,
    result: async (check, _args, { loaders }) => (await resultsOf(check, 1, loaders))?.[0] ?? null,
    results: (check, { last }, { loaders }) => resultsOf(check, within("last", last, MAX_LAST), loaders),
  },
  MeshMetrics: {
    trend: (_mesh, { days }, { loaders }) => loaders.meshTrend(within("days", days, MAX_DAYS)),
  },
  LineageGraph: {
    consumers: async ({ nodes }, _args, { loaders }) => {
      const fields = nodes.flatMap(({ id, kind }) => (kind === "FIELD" ? [id] : []));
      const uses = await loaders.usesOfField.loadMany(fields);
      return fields.flatMap((field, index) => {
        const own = uses[index];
        if (own instanceof Error) throw own;
        return toConsumers(own ?? []).map(({ application }) => ({
          field,
          application,
          operations: toOperations((own ?? []).filter((use) => use.application === application)),
        }));
      });
    },
  },
  LineageNode: {
    product: async ({ product, kind, id }, _args, { loaders }) => {
      const own = product ?? (kind === "FIELD" ? (await loaders.field.load(id))?.product : null);
      return own == null ? null : loaders.product.load(own);
    },
    field: ({ kind, id }, _args, { loaders }) => (kind === "FIELD" ? loaders.field.load(id) : null),
    classification: async ({ kind, id }, _args, { loaders }) =>
      kind === "FIELD" ? ((await loaders.field.load(id))?.classification ?? null) : null,
  },
};

function ownerOf({ ownerTeam, ownerContact }: Pick<CatalogFieldRow, "ownerTeam" | "ownerContact">) {
  return ownerTeam === null ? null : { team: ownerTeam, contact: ownerContact };
}

/** The rules of a field under one heading. */
function rulesOf(heading: CatalogAspect) {
  return ({ rules }: Pick<CatalogFieldRow, "rules">): readonly CatalogRule[] =>
    rules.filter(({ aspect }) => aspect === heading);
}

function inputPorts(descriptor: ProductDescriptor | null): readonly InputPortRow[] {
  return (descriptor?.inputPorts ?? []).map((port) =>
    "product" in port
      ? { productId: port.product, source: port.product, description: port.description }
      : { productId: null, source: port.dataset, description: port.description },
  );
}

/** What a descriptor promises, with the bound in percent, milliseconds or seconds. */
function serviceLevels(product: string, descriptor: ProductDescriptor | null): readonly ServiceLevelRow[] {
  if (descriptor === null) return [];
  const { availability, latencyP95Ms, errorRate, freshness } = descriptor.serviceLevels;
  const levels: ServiceLevelRow[] = [
    {
      product,
      kind: "AVAILABILITY",
      target: availability,
      objective: `${availability} % of requests answered`,
    },
    {
      product,
      kind: "LATENCY",
      target: latencyP95Ms,
      objective: `95 % of requests within ${latencyP95Ms} ms`,
    },
    {
      product,
      kind: "FRESHNESS",
      target: secondsOf(freshness),
      objective: `data no older than ${freshness}`,
    },
  ];
  if (errorRate !== undefined)
    levels.push({
      product,
      kind: "ERROR_RATE",
      target: errorRate,
      objective: `at most ${errorRate} % errors`,
    });
  return levels;
}

/** Descriptors hold durations of days and less. */
function secondsOf(duration: string): number {
  const [, days = 0, hours = 0, minutes = 0, seconds = 0] =
    /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/.exec(duration) ?? [];
  return ((Number(days) * 24 + Number(hours)) * 60 + Number(minutes)) * 60 + Number(seconds);
}

function sayRule(rule: QualityRule): string {
  switch (rule.rule) {
    case "notNull":
      return `${rule.on} is never null`;
    case "unique":
      return `${rule.on} is unique`;
    case "format":
      return `${rule.on} matches ${rule.pattern}`;
    case "acceptedValues":
      return `${rule.on} is one of ${rule.values.join(", ")}`;
    case "rowCount":
      return `${rule.on} has ${rule.min ?? 0} to ${rule.max ?? "any number of"} rows`;
    case "freshness":
      return `the newest ${rule.on} is no older than ${rule.within}`;
    case "reference":
      return `every ${rule.on} is found in ${rule.to}`;
    case "sql":
      return `a query on ${rule.on} gives ${rule.min ?? "any"} to ${rule.max ?? "any"}`;
    case "pipeline":
      return `the pipeline of ${rule.on} asserts ${rule.assertion}`;
  }
}

/** Whether a rule takes its results from the test. */
function isSameTest(rule: QualityRule, { dataset, column, assertion }: PipelineTest): boolean {
  return (
    rule.rule === "pipeline" &&
    rule.dataset === dataset &&
    rule.assertion === assertion &&
    (rule.column ?? null) === column
  );
}

function resultsOf({ product, rule }: QualityCheckRow, last: number, loaders: Context["loaders"]) {
  return loaders.results(product, rule.name, last);
}

/** @throws ClientError BAD_USER_INPUT */
function within(name: string, value: number, max: number): number {
  if (value >= 1 && value <= max) return value;
  throw new ClientError("BAD_USER_INPUT", `${name}: expected 1 to ${max}, got ${value}`);
}

function existing<Row>(row: Row | null): Row {
  if (row === null) throw new ClientError("INTERNAL", "a field without its product");
  return row;
}
