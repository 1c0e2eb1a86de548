import { type Command, Option } from "commander";
import { withExamples } from "./examples.ts";
import { withFormat } from "./with-format.ts";

/** Adds what works with descriptors of data products and the standards beside them. */
export function addProductCommands(program: Command): void {
  const product = program.command("product").description("data products in the formats of other standards");
  withExamples(
    withFormat(product.command("export")),
    "dpg product export --schema subgraphs/order/schema.graphql > contract.yaml",
    "dpg product export --standard odps --schema subgraphs/order/schema.graphql",
  )
    .description("print the contract (ODCS 3.1), or the product (Bitol ODPS 1.0), of a subgraph")
    .addOption(new Option("--standard <name>", "in which standard").choices(["odcs", "odps"]).default("odcs"))
    .requiredOption("--schema <file>", "file of the schema")
    .option("--product <file>", "file of the descriptor; default: product.yaml beside the schema")
    .action(async (options) => {
      const [{ report }, { exportProduct }] = await Promise.all([
        import("./report.ts"),
        import("./product.ts"),
      ]);
      await report({ format: options.format }, async () => exportProduct(options));
    });
  withExamples(
    withFormat(product.command("import")),
    "dpg product import contract.yaml --output subgraphs/seller",
  )
    .description("write product.yaml, and of a contract schema.graphql, of a file in either standard")
    .argument("<file>", "the contract or product, - for standard input")
    .requiredOption("--output <folder>", "where the files go")
    .option("--force", "overwrite files that are there", false)
    .action(async (file: string, options) => {
      const [{ report }, { importProduct }] = await Promise.all([
        import("./report.ts"),
        import("./product.ts"),
      ]);
      await report({ format: options.format }, async () => importProduct(file, options));
    });
}
