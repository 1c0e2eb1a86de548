import { type Command, Option } from "commander";
import { FORMATS } from "./report.ts";

/** Adds `--format` as every command that reports has it. */
export function withFormat(command: Command): Command {
  return command.addOption(new Option("--format <format>", "how to print").choices(FORMATS).default("text"));
}
