import fc from "fast-check";
import { anyCustomProperties } from "./any-custom-properties.ts";
import { anyRoles } from "./any-people.ts";
import { anyAddress, anyId, anyText, some } from "./any-words.ts";

/** A server of any type that ODCS knows, with what its type has to say. */
export function anyServer(): fc.Arbitrary<object> {
  return fc.constantFrom(...Object.keys(SERVERS)).chain((type) => {
    const [required = "", optional = ""] = (SERVERS[type] ?? "").split("|");
    const words = (text: string) => text.split(" ").filter((word) => word !== "");
    const own = Object.fromEntries(
      [...words(required), ...words(optional)].map((word) => [word, wordOf(word, type)]),
    );
    const members = {
      id: anyId(),
      server: anyText(),
      type: fc.constant(type),
      description: anyText(),
      environment: fc.constantFrom("prod", "dev"),
      roles: anyRoles(),
      customProperties: anyCustomProperties(),
      ...own,
    };
    return some(members, ["server", "type", ...words(required)]);
  });
}

function wordOf(word: string, type: string): fc.Arbitrary<unknown> {
  if (word === "port") return fc.integer({ min: 1, max: 65_535 });
  if (type === "sftp" && word === "location") return fc.constant("sftp://files.example/pets");
  return ["location", "stagingDir", "endpointUrl"].includes(word) ? anyAddress() : anyText();
}

/** What a server of each type says: what it has to say, and what else it may. */
const SERVERS: Readonly<Record<string, string>> = {
  api: "location",
  athena: "stagingDir schema|catalog regionName",
  azure: "location format|delimiter",
  bigquery: "project dataset",
  clickhouse: "host port database",
  cloudsql: "host port database schema",
  custom:
    "|account catalog database dataset delimiter endpointUrl format host location path port project region regionName schema serviceName stagingDir warehouse stream",
  databricks: "catalog schema|host",
  db2: "host port database|schema",
  denodo: "host port|database",
  dremio: "host port|schema",
  duckdb: "database|schema",
  glue: "account database|location format",
  hive: "host database|port",
  impala: "host database|port",
  informix: "host database|port",
  kafka: "host|format",
  kinesis: "|region format",
  local: "path format",
  mysql: "host port database",
  oracle: "host port serviceName",
  postgres: "host port database schema",
  postgresql: "host port database schema",
  presto: "host|catalog schema",
  pubsub: "project",
  redshift: "database schema|host region account",
  s3: "location|endpointUrl format delimiter",
  sftp: "location|format delimiter",
  snowflake: "account database schema|host port warehouse",
  sqlserver: "host database schema|port",
  synapse: "host port database",
  trino: "host port catalog schema",
  vertica: "host port database schema",
  zen: "host database|port",
};
