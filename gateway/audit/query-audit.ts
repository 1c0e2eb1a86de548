import type { AuditRecord } from "../request/audit-record.ts";
import type { AuditArchive } from "./audit-store.ts";

export interface WhoQuery {
  /** Whose value: a field, `Customer.email`. */
  readonly coordinate: string;
  /** Milliseconds since the epoch. */
  readonly since: number;
  /** Only deliveries of this entity's value, by its key. */
  readonly entity?: string;
  /** Only deliveries to this caller. */
  readonly subject?: string;
}

/** Deliveries of a field that are alike: the same caller, application, purpose, decision and reason. */
export interface Access {
  readonly subject: string | null;
  readonly issuer: string | null;
  readonly client: string;
  readonly purpose: string | null;
  readonly decision: AuditRecord["decision"];
  /** Why. */
  readonly rule: string;
  /**
   * For queries about one entity: false where it is not certain that its value was among those delivered, because
   * the record does not list all of them.
   */
  readonly isCertain: boolean;
  readonly requests: number;
  readonly values: number;
  /** ISO 8601. */
  readonly first: string;
  readonly last: string;
  /** The latest of the requests, by id. */
  readonly requestIds: readonly string[];
}

/** Who got a field's values, or tried to, and why; the latest first. */
export async function whoSaw(archive: AuditArchive, query: WhoQuery): Promise<readonly Access[]> {
  const { coordinate, since, entity, subject } = query;
  const groups = new Map<string, Access>();
  for await (const record of archive.deliveries({ coordinate, since })) {
    if (subject !== undefined && record.subject !== subject) continue;
    const isListed = entity === undefined || record.entities.includes(entity);
    const isPossible = isListed || (!record.isComplete && record.count > 0);
    if (!isPossible) continue;
    addTo(groups, record, isListed, coordinate);
  }
  return byLatest(groups.values());
}

export interface ConsumersQuery {
  readonly product: string;
  readonly since: number;
}

/** An application, or a caller without one, that used audited data of a product. */
export interface Consumer {
  readonly client: string;
  readonly subject: string | null;
  readonly issuer: string | null;
  readonly purposes: readonly string[];
  readonly coordinates: readonly string[];
  readonly requests: number;
  readonly values: number;
  readonly first: string;
  readonly last: string;
}

/** Who used the audited data of a product; refusals and values that were masked to null do not count as use. */
export async function consumersOf(
  archive: AuditArchive,
  query: ConsumersQuery,
): Promise<readonly Consumer[]> {
  const groups = new Map<string, Consumer & { readonly requestIds: Set<string> }>();
  for await (const record of archive.deliveries(query)) {
    if ((record.decision !== "allow" && record.decision !== "mask") || record.count === 0) continue;
    const { client, subject, issuer, time } = record;
    const key = JSON.stringify([client, subject, issuer]);
    const known = groups.get(key);
    const requestIds = known?.requestIds ?? new Set();
    requestIds.add(record.requestId);
    groups.set(key, {
      client,
      subject,
      issuer,
      purposes: withItem(known?.purposes, record.purpose),
      coordinates: withItem(known?.coordinates, record.coordinate),
      requests: requestIds.size,
      values: (known?.values ?? 0) + record.count,
      first: known && known.first < time ? known.first : time,
      last: known && known.last > time ? known.last : time,
      requestIds,
    });
  }
  return byLatest(groups.values()).map(({ requestIds: _, ...consumer }) => consumer);
}

/** Request ids kept per group. */
const MAX_IDS = 5;

function addTo(
  groups: Map<string, Access>,
  record: AuditRecord,
  isCertain: boolean,
  coordinate: string,
): void {
  const { subject, issuer, client, purpose, decision, rule, time, requestId } = record;
  const key = JSON.stringify([subject, issuer, client, purpose, decision, rule, isCertain, coordinate]);
  const known = groups.get(key);
  const isLatest = !known || time >= known.last;
  const ids = isLatest ? [requestId, ...(known?.requestIds ?? [])] : known.requestIds;
  groups.set(key, {
    subject,
    issuer,
    client,
    purpose,
    decision,
    rule,
    isCertain,
    requests: (known?.requests ?? 0) + 1,
    values: (known?.values ?? 0) + record.count,
    first: known && known.first < time ? known.first : time,
    last: isLatest ? time : known.last,
    requestIds: ids.slice(0, MAX_IDS),
  });
}

function withItem(list: readonly string[] = [], item: string | null): readonly string[] {
  return item === null || list.includes(item) ? list : [...list, item].sort();
}

function byLatest<Item extends { readonly last: string }>(items: Iterable<Item>): readonly Item[] {
  return [...items].sort((a, b) => (a.last < b.last ? 1 : -1));
}
