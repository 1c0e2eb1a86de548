import type { Pool } from "pg";
import { escapeIdentifier } from "pg";
import { parsePeriod } from "../iso-period.ts";
import type { ProductDescriptor } from "../product-descriptor.ts";
import type { OwnRule } from "../quality-rule.ts";

/** How one check ended. */
export interface CheckResult {
  /** Id of the product. */
  readonly product: string;
  /** Name of the rule. */
  readonly rule: string;
  /** ISO 8601. */
  readonly at: string;
  readonly outcome: "PASSED" | "FAILED" | "ERRORED";
  /** What was counted or measured: rows that break the rule, rows in all, seconds, or the number of a statement. */
  readonly value: number | null;
  /** Rows, or values, that were looked at. */
  readonly checked: number | null;
  /** What there is to say about it; never a value of the data. */
  readonly message: string | null;
}

export interface CheckParts {
  /** As a role that may only read, and sees all rows. */
  readonly pool: Pool;
  readonly descriptor: ProductDescriptor;
  /** Asks the gateway which of the values of a key exist; null where there is no gateway to ask. */
  readonly findKeys: FindKeys | null;
  /** Milliseconds for one statement. */
  readonly timeoutMs: number;
}

/** The values that no object of the type has. */
export type FindKeys = (type: string, field: string, values: readonly string[]) => Promise<readonly string[]>;

type Finding = Pick<CheckResult, "outcome" | "value" | "checked" | "message">;

/** Values of a reference that are looked up. */
const MAX_KEYS = 500;

/**
 * Runs one rule of a product's quality in the domain's own database: one statement, in a read-only transaction of bounded
 * time. Never rejects: what keeps it from being evaluated is its result.
 */
export async function checkQuality(rule: OwnRule, parts: CheckParts): Promise<CheckResult> {
  const at = new Date().toISOString();
  const { id: product } = parts.descriptor;
  try {
    return { product, rule: rule.name, at, ...(await evaluate(rule, parts)) };
  } catch (error) {
    const message = sayFailure(error, parts.timeoutMs);
    return { product, rule: rule.name, at, outcome: "ERRORED", value: null, checked: null, message };
  }
}

async function evaluate(rule: OwnRule, parts: CheckParts): Promise<Finding> {
  const [type = "", field = ""] = rule.on.split(".");
  const table = tableOf(type, parts.descriptor);
  const column = escapeIdentifier(("column" in rule ? rule.column : undefined) ?? snakeCase(field));
  switch (rule.rule) {
    case "notNull":
      return await countBad(rule.tolerated, parts, { table, bad: `${column} IS NULL` });
    case "unique":
      return await countDuplicates(parts, table, column);
    case "format":
      return await countBad(rule.tolerated, parts, {
        table,
        bad: `${column}::text !~ $1`,
        values: [`^(${rule.pattern})$`],
      });
    case "acceptedValues":
      return await countBad(rule.tolerated, parts, {
        table,
        bad: `${column}::text <> ALL ($1::text[])`,
        values: [rule.values.map(String)],
      });
    case "rowCount":
      return await measure(rule, parts, `SELECT count(*) AS value FROM ${table}`);
    case "sql":
      return await measure(rule, parts, rule.query);
    case "freshness":
      return await checkAge(
        rule.within,
        parts,
        `SELECT extract(epoch FROM now() - max(${column})) AS value FROM ${table}`,
      );
    case "reference":
      return await checkReference(
        rule,
        parts,
        `SELECT DISTINCT ${column}::text AS value FROM ${table} WHERE ${column} IS NOT NULL LIMIT ${MAX_KEYS}`,
      );
  }
}

interface BadRows {
  readonly table: string;
  /** Condition of a row that breaks the rule; one that gives NULL does not. */
  readonly bad: string;
  readonly values?: readonly unknown[];
}

async function countBad(
  tolerated: number,
  parts: CheckParts,
  { table, bad, values = [] }: BadRows,
): Promise<Finding> {
  const text = `SELECT count(*) AS checked, count(*) FILTER (WHERE ${bad}) AS value FROM ${table}`;
  const [row] = await read(parts, text, values);
  return judgeShare(Number(row?.value), Number(row?.checked), tolerated, "rows");
}

async function countDuplicates(parts: CheckParts, table: string, column: string): Promise<Finding> {
  const text = `SELECT count(${column}) AS checked, count(${column}) - count(DISTINCT ${column}) AS value FROM ${table}`;
  const [row] = await read(parts, text);
  return judgeShare(Number(row?.value), Number(row?.checked), 0, "rows");
}

function judgeShare(value: number, checked: number, tolerated: number, what: string): Finding {
  const isTolerated = value === 0 || (100 * value) / checked <= tolerated;
  const message = value === 0 ? null : `${value} of ${checked} ${what}; ${tolerated} % are tolerated.`;
  return { outcome: isTolerated ? "PASSED" : "FAILED", value, checked, message };
}

async function measure(
  { min, max }: { readonly min?: number | undefined; readonly max?: number | undefined },
  parts: CheckParts,
  text: string,
): Promise<Finding> {
  const rows = await read(parts, text);
  const [first] = Object.values(rows[0] ?? {});
  const value = first === null || first === undefined ? Number.NaN : Number(first);
  if (rows.length !== 1 || Number.isNaN(value))
    return {
      outcome: "ERRORED",
      value: null,
      checked: null,
      message: "The statement does not give one number.",
    };
  const isWithin = value >= (min ?? Number.NEGATIVE_INFINITY) && value <= (max ?? Number.POSITIVE_INFINITY);
  const message = isWithin ? null : `It is ${value}; from ${min ?? "any"} to ${max ?? "any"} is promised.`;
  return { outcome: isWithin ? "PASSED" : "FAILED", value, checked: null, message };
}

async function checkAge(within: string, parts: CheckParts, text: string): Promise<Finding> {
  const [row] = await read(parts, text);
  if (row?.value === null || row?.value === undefined)
    return { outcome: "FAILED", value: null, checked: 0, message: "There are no rows." };
  const value = Math.max(0, Number(row.value));
  const isFresh = value * 1000 <= (parsePeriod(within)?.milliseconds ?? 0);
  const message = isFresh
    ? null
    : `The newest row is ${Math.round(value)} seconds old; ${within} is promised.`;
  return { outcome: isFresh ? "PASSED" : "FAILED", value, checked: null, message };
}

async function checkReference(
  { to, tolerated }: Extract<OwnRule, { rule: "reference" }>,
  parts: CheckParts,
  text: string,
): Promise<Finding> {
  if (!parts.findKeys)
    return { outcome: "ERRORED", value: null, checked: null, message: "There is no gateway to ask." };
  const [type = "", field = ""] = to.split(".");
  const values = (await read(parts, text)).map(({ value }) => String(value));
  const missing = await parts.findKeys(type, field, values);
  return judgeShare(missing.length, values.length, tolerated, `values are no ${to}`);
}

type Row = Readonly<Record<string, unknown>>;

/** By the protocol for parameters also where there are none: with that Postgres takes one statement only. */
async function read(
  { pool, timeoutMs }: CheckParts,
  text: string,
  values: readonly unknown[] = [],
): Promise<readonly Row[]> {
  const client = await pool.connect();
  try {
    await client.query(`BEGIN READ ONLY; SET LOCAL statement_timeout = ${Math.ceil(timeoutMs)}`);
    const config = { text, values: [...values], queryMode: "extended" };
    const { rows } = await client.query<Row>(config);
    await client.query("ROLLBACK");
    client.release();
    return rows;
  } catch (error) {
    client.release(true);
    throw error;
  }
}

/** Without what may quote data; what Postgres says of names and syntax is about the rule. */
function sayFailure(error: unknown, timeoutMs: number): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (code === "57014") return `It took longer than ${timeoutMs} ms.`;
  if (code.startsWith("42") && error instanceof Error) return `${error.message} (SQLSTATE ${code}).`;
  return /^[0-9A-Z]{5}$/.test(code) ? `The database refused it (SQLSTATE ${code}).` : "It could not be run.";
}

function tableOf(type: string, { outputPorts }: ProductDescriptor): string {
  return escapeIdentifier(outputPorts.find((port) => port.type === type)?.table ?? snakeCase(type));
}

function snakeCase(name: string): string {
  return name.replace(/(?<=[a-z0-9])[A-Z]/g, "_$&").toLowerCase();
}
