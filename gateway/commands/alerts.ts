import { z } from "zod";
import { ClientError } from "../../shared/errors.ts";
import { secondsOf } from "./deploy-token.ts";
import { askRegistry, askServer, type RegistryAccess } from "./registry-client.ts";
import type { Outcome } from "./report.ts";
import { textTable } from "./text-table.ts";

const alertList = z.array(
  z.object({
    id: z.string(),
    product: z.string(),
    domain: z.string(),
    kind: z.string(),
    rule: z.string(),
    severity: z.string(),
    summary: z.string(),
    openedAt: z.string(),
    resolvedAt: z.string().nullable(),
    acknowledgedBy: z.string().nullable(),
    isSilenced: z.boolean(),
  }),
);

/** `dpg alerts list`. */
export async function listAlerts(access: RegistryAccess, all: boolean): Promise<Outcome> {
  const alerts = await askRegistry(access, { method: "GET", path: `/alerts?all=${all}` }, alertList);
  const rows = alerts.map(({ id, severity, openedAt, resolvedAt, acknowledgedBy, isSilenced, summary }) => [
    id,
    severity,
    openedAt.slice(0, 19),
    resolvedAt ? "over" : isSilenced ? "silenced" : acknowledgedBy ? `with ${acknowledgedBy}` : "open",
    summary,
  ]);
  const text =
    rows.length === 0
      ? "Nothing is wrong."
      : textTable(["number", "how bad", "since", "state", "what"], rows);
  return { data: { alerts }, text };
}

/** `dpg alerts ack`. @throws ClientError ALERT_NOT_FOUND, also for one that is over or with somebody already */
export async function acknowledgeAlert(access: RegistryAccess, number: string): Promise<Outcome> {
  const path = `/alerts/${encodeURIComponent(number)}/acknowledge`;
  const data = await askRegistry(access, { method: "POST", path }, z.object({ acknowledged: z.boolean() }));
  if (!data.acknowledged)
    throw new ClientError("ALERT_NOT_FOUND", `The alert ${number} is over, or with somebody already.`);
  return { data, text: `You look after alert ${number}.` };
}

export interface SilenceOptions {
  readonly product: string;
  readonly for: string;
  readonly reason: string;
  readonly kind?: string;
}

/** `dpg alerts silence`. */
export async function silenceAlerts(access: RegistryAccess, options: SilenceOptions): Promise<Outcome> {
  const { product, reason, kind = null } = options;
  const body = { product, kind, reason, seconds: secondsOf(options.for) };
  const data = await askRegistry(access, { method: "POST", path: "/alerts/silences", body }, z.object({}));
  return { data, text: `Nobody is told of alerts of ${product} for ${options.for}.` };
}

/** `dpg alerts webhook add`. */
export async function addWebhook(
  access: RegistryAccess,
  { url, type }: { readonly url: string; readonly type: string },
): Promise<Outcome> {
  const question = { method: "POST", path: "/alerts/webhooks", body: { url, format: type } } as const;
  const data = await askRegistry(access, question, z.object({ id: z.string(), secret: z.string() }));
  return { data, text: `${data.id}\n${data.secret}` };
}

const webhookList = z.array(
  z.object({
    id: z.string(),
    domain: z.string(),
    url: z.string(),
    format: z.string(),
    createdBy: z.string(),
  }),
);

/** `dpg alerts webhook list`. */
export async function listWebhooks(access: RegistryAccess): Promise<Outcome> {
  const webhooks = await askRegistry(access, { method: "GET", path: "/alerts/webhooks" }, webhookList);
  const rows = webhooks.map(({ id, domain, format, url, createdBy }) => [id, domain, format, url, createdBy]);
  return { data: { webhooks }, text: textTable(["id", "domain", "takes", "address", "added by"], rows) };
}

/** `dpg alerts webhook remove`. @throws ClientError USAGE where there is none of that id */
export async function removeWebhook(access: RegistryAccess, id: string): Promise<Outcome> {
  const path = `/alerts/webhooks/${encodeURIComponent(id)}`;
  const data = await askRegistry(access, { method: "DELETE", path }, z.object({ removed: z.boolean() }));
  if (!data.removed) throw new ClientError("USAGE", `Your domain has no webhook ${id}.`);
  return { data, text: `${id} gets no more alerts.` };
}

/** `dpg lineage export`. */
export async function exportLineage(
  access: RegistryAccess,
  { authority, days }: { readonly authority: string; readonly days: number },
): Promise<Outcome> {
  const path = `/api/v1/lineage?authority=${encodeURIComponent(authority)}&days=${days}`;
  const events = await askServer(access, { method: "GET", path }, z.array(z.looseObject({})));
  return { data: { events }, text: events.map((event) => JSON.stringify(event)).join("\n") };
}
