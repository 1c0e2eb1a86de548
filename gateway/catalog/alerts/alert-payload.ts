import type { Alert } from "./alert-store.ts";

/** What happened to an alert. */
export type AlertEvent = "opened" | "escalated" | "resolved";

/** A text to send to a webhook. */
export function alertPayload(format: "json" | "slack", event: AlertEvent, alert: Alert): string {
  return JSON.stringify(format === "slack" ? slackMessage(event, alert) : { event, alert });
}

/** As Slack's incoming webhooks take it (https://api.slack.com/messaging/webhooks). */
function slackMessage(event: AlertEvent, { severity, product, kind, summary, id, openedAt }: Alert): object {
  const text = `${event === "resolved" ? "Resolved" : severity === "critical" ? "Critical" : "Warning"}: ${escapeText(summary)}`;
  return {
    text,
    blocks: [
      { type: "section", text: { type: "mrkdwn", text } },
      {
        type: "context",
        elements: [
          {
            type: "mrkdwn",
            text: `\`${escapeText(product)}\` · ${kind} · alert ${id}, since ${openedAt} · \`dpg alerts ack ${id}\``,
          },
        ],
      },
    ],
  };
}

/** Messages of checks may hold what Slack takes for a mention or a link. */
function escapeText(text: string): string {
  return text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
}
