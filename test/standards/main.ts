// `npm run test:standards [-- FOLDER]`: our exports against the schemas that the standards publish.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import {
  demoArtifact,
  demoDocuments,
  demoEvents,
  type Exported,
  exampleDocuments,
  randomDocuments,
} from "./exported-documents.ts";
import { type Faults, PublishedSchemas } from "./published-schemas.ts";

const RANDOM = 100;
const [folder = null] = process.argv.slice(2);
const seed = Number(process.env.STANDARDS_SEED ?? Date.now() % 2 ** 31);
const schemas = new PublishedSchemas(folder);
let failures = 0;

try {
  // What is nothing of the kind has to be refused, or the rest says nothing.
  const nothing = [await schemas.document("odcs", {}), await schemas.document("odps", {})];
  if (nothing.some((faults) => faults.length === 0)) throw new Error("a schema takes anything");
  const artifact = demoArtifact();
  await judge("documents of the demo", demoDocuments(artifact));
  await judge(
    `documents of any content (STANDARDS_SEED=${seed})`,
    randomDocuments(RANDOM, seed),
    "all valid",
  );
  const examples = folder === null ? null : join(folder, "examples");
  if (examples !== null && existsSync(examples))
    await judge("examples of the standards", exampleDocuments(examples));
  const events = demoEvents(artifact);
  const faulty = await Promise.all(events.map((event) => schemas.event(event)));
  report(
    "OpenLineage events of the demo",
    events.length,
    faulty.flatMap((faults, n) => faults.map((fault) => `event ${n}: ${fault}`)),
  );
  for (const source of await schemas.sources()) process.stdout.write(`by ${source}\n`);
} catch (error) {
  failures += 1;
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
}
process.exitCode = failures === 0 ? 0 : 1;

/** A document that came from elsewhere has to be the same; where it was not as its standard says, it cannot be valid either. */
async function judge(title: string, documents: readonly Exported[], given?: "all valid"): Promise<void> {
  const faults: string[] = [];
  let unfit = 0;
  for (const { name, standard, document, imported } of documents) {
    const found = await schemas.document(standard, document);
    const before = imported === null ? [] : await schemas.document(standard, imported);
    if (imported !== null && !isDeepStrictEqual(document, imported))
      faults.push(`${name}: is not what was imported`);
    if (before.length > 0 && given === "all valid") faults.push(`${name}: was not valid, ${before[0]}`);
    if (before.length > 0) unfit += 1;
    else faults.push(...found.map((fault) => `${name} (${standard}): ${fault}`));
  }
  const returned = documents.filter(({ imported }) => imported !== null).length;
  report(
    `${title}: ${returned} came back, of which ${unfit} were not valid when they came`,
    documents.length,
    faults,
  );
}

function report(title: string, count: number, faults: Faults): void {
  failures += faults.length;
  process.stdout.write(`${title}: ${count} checked, ${faults.length} faults\n`);
  for (const fault of faults.slice(0, 20)) process.stdout.write(`  ${fault}\n`);
}
