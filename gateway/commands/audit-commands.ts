import type { Command } from "commander";
import { type Format, type Outcome, report } from "./report.ts";
import { withFormat } from "./with-format.ts";

/** Adds `dpg audit …`: what stewards and auditors ask. */
export function addAuditCommands(program: Command): void {
  const audit = program.command("audit").description("who got which governed data, and is the record whole");
  withArchive(audit.command("verify").description("recompute every hash of the audit")).action((options) =>
    run(options.format, async () => (await import("./audit.ts")).verifyCommand(options, process.env)),
  );
  withArchive(audit.command("who").description("who got a field's values, or tried to, and why"))
    .requiredOption("--coordinate <field>", "such as Customer.email")
    .option("--entity <key>", "only of this entity, such as C0001")
    .option("--subject <subject>", "only by this caller")
    .option("--since <span>", "7d, 12h, 30m, or a date", "7d")
    .action((options) =>
      run(options.format, async () => (await import("./audit.ts")).whoCommand(options, process.env)),
    );
  withArchive(audit.command("consumers").description("who uses the audited data of a product"))
    .requiredOption("--product <id>", "such as customer.customers")
    .option("--since <span>", "7d, 12h, 30m, or a date", "30d")
    .action((options) =>
      run(options.format, async () => (await import("./audit.ts")).consumersCommand(options, process.env)),
    );
  withFormat(audit.command("prepare"))
    .description(
      "make the audit's database (DATABASE_ADMIN_URL, APPLICATION_PASSWORD), and print DPG_AUDIT_DATABASE_URL",
    )
    .option("--database <name>", "name of the database", "audit")
    .action((options) =>
      run(options.format, async () =>
        (await import("./audit.ts")).prepareCommand(options.database, process.env),
      ),
    );
}

function withArchive(command: Command): Command {
  return withFormat(
    command.option("--directory <folder>", "the audit folder, instead of DPG_AUDIT_DATABASE_URL"),
  );
}

function run(format: Format, work: () => Promise<Outcome>): Promise<void> {
  return report({ format }, work);
}
