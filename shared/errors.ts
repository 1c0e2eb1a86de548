/**
 * Every error this project reports, with its cause and its remedy.
 *
 * Two families: only the text of a {@link ClientError} reaches a client; an {@link InternalError} (and any
 * other thrown value) becomes `INTERNAL` and a request id, with the details in the log.
 */
interface ErrorExplanation {
  /** HTTP status when the error refuses a whole request; field errors travel in a 200. */
  readonly status: number;
  readonly cause: string;
  readonly remedy: string;
}

export const ERROR_CODES = {
  // --- identity -------------------------------------------------------------------------------------
  UNAUTHENTICATED: {
    status: 401,
    cause: "The request carries no token where one is needed, or a token that could not be verified.",
    remedy:
      "Send `Authorization: Bearer <token>` with a token that is not expired, from a configured issuer.",
  },
  AMBIGUOUS_CREDENTIALS: {
    status: 400,
    cause: "The request carries more than one Authorization header, or one that is not `Bearer <token>`.",
    remedy: "Send exactly one header of the form `Authorization: Bearer <token>`.",
  },
  TOKEN_TOO_LARGE: {
    status: 431,
    cause: "The bearer token is longer than 16 kB.",
    remedy: "Ask the issuer for a smaller token: fewer claims, or scopes by group.",
  },
  IDENTITY_PROVIDER_UNAVAILABLE: {
    status: 503,
    cause: "The signing keys of the token's issuer could not be fetched yet.",
    remedy: "Try again in a few seconds; if it lasts, check the issuer's JWKS address and its availability.",
  },
  SUBGRAPH_IDENTITY_REQUIRED: {
    status: 401,
    cause: "A subgraph was called without a valid identity token signed by the gateway for this subgraph.",
    remedy: "Send the query to the gateway; subgraphs answer only to it.",
  },
  // --- authorisation and governance -----------------------------------------------------------------
  UNAUTHORIZED_FIELD_OR_TYPE: {
    status: 403,
    cause: "The caller does not meet what the field, its type or the type it returns requires.",
    remedy:
      "Ask the product's owner for the missing scopes or policy, or leave the field out of the operation.",
  },
  UNAUTHORIZED_ARGUMENT: {
    status: 403,
    cause: "The argument searches, sorts or groups by a field that the caller may not see unmasked.",
    remedy: "Leave the argument out, or ask for the access that reveals the field.",
  },
  FIELD_RETIRED: {
    status: 410,
    cause: "The field, or the enum value sent, is retired or past the end of its life.",
    remedy: "Use what the error names in `replacedBy`.",
  },
  AUDIT_UNAVAILABLE: {
    status: 503,
    cause:
      "The record of a delivery that has to be recorded could not be written, so the value was held back.",
    remedy:
      "Try again in a few seconds; if it lasts, the operator has to look at the audit store: its disk or database.",
  },
  // --- operations -----------------------------------------------------------------------------------
  OPERATION_INVALID: {
    status: 400,
    cause: "The operation does not parse, or does not fit the schema that is served.",
    remedy: "Correct the place that the message names.",
  },
  GRAPHQL_PARSE_FAILED: {
    status: 400,
    cause: "The text of the operation is no GraphQL.",
    remedy: "Correct the place that the message names.",
  },
  GRAPHQL_VALIDATION_FAILED: {
    status: 400,
    cause: "The operation asks for something that the schema served at this address does not have.",
    remedy: "Correct the place that the message names, or look the schema up by introspection.",
  },
  PERSISTED_QUERY_NOT_FOUND: {
    status: 200,
    cause: "The operation of this hash is not known here (any more).",
    remedy: "Send its text along once; clients of automatic persisted queries do so by themselves.",
  },
  BAD_REQUEST: {
    status: 400,
    cause: "The request is no GraphQL over HTTP: its method, media type, members or syntax.",
    remedy: "POST JSON with `query`, and `variables` and `operationName` where needed, as application/json.",
  },
  HEADERS_TOO_LARGE: {
    status: 431,
    cause: "The headers of the request are larger than 16 kB together.",
    remedy: "Send fewer or smaller headers: mostly it is a token or a cookie that has grown.",
  },
  REQUEST_TIMEOUT: {
    status: 408,
    cause: "The request did not arrive in time.",
    remedy: "Send it again, in one go.",
  },
  OPERATION_TOO_COMPLEX: {
    status: 400,
    cause:
      "The operation is larger than the gateway accepts; the message names the limit and what was measured.",
    remedy: "Split the operation, or remove repeated fragments and aliases.",
  },
  OPERATION_TOO_EXPENSIVE: {
    status: 400,
    cause: "The operation may return more than the gateway accepts, as its schema and arguments say.",
    remedy: "Ask for shorter pages (first, last, limit), or for fewer lists within lists.",
  },
  OPERATION_NOT_SUPPORTED: {
    status: 400,
    cause: "The operation uses a feature that this gateway does not serve (subscription or @defer).",
    remedy: "Send a query or a mutation without @defer.",
  },
  OPERATION_CANNOT_BE_PLANNED: {
    status: 422,
    cause: "No combination of subgraph calls answers this operation correctly.",
    remedy: "The message names the field. The owning domain has to make it resolvable (see its @key).",
  },
  PLANNING_TIMEOUT: {
    status: 400,
    cause: "Planning the operation took longer than limits.planMs.",
    remedy: "Make the operation smaller, or ask the operator to raise limits.planMs.",
  },
  OPERATION_NOT_LISTED: {
    status: 403,
    cause:
      "The gateway answers published operations only, and this one is not published for the application.",
    remedy:
      "Publish it (dpg operations publish FILE --client NAME) and send a token that names the application (azp or client_id), or have the governance team publish it for all (--client '*').",
  },
  RATE_LIMITED: {
    status: 429,
    cause:
      "The caller, its application, or, with a token that is refused or none, its network address has used up its requests or cost of this window.",
    remedy: "Wait as long as Retry-After says; ask for shorter pages, or the operator for a larger budget.",
  },
  RATE_LIMITS_UNAVAILABLE: {
    status: 503,
    cause: "The store of rate limits does not answer, and the gateway is configured to refuse then.",
    remedy: "Try again in a few seconds; the operator has to look at rateLimits.databaseUrl.",
  },
  REQUEST_TOO_LARGE: {
    status: 413,
    cause: "The request body is larger than limits.bodyBytes.",
    remedy: "Send a smaller operation, or move values out of the variables.",
  },
  OVERLOADED: {
    status: 503,
    cause: "The gateway has more work than it can do in time, so it refuses some before it is begun.",
    remedy:
      "Try again after the seconds that Retry-After names; if it lasts, the operator has to add replicas.",
  },
  GATEWAY_STOPPING: {
    status: 503,
    cause: "The gateway was told to stop: it answers what is in flight, and for a moment what still comes.",
    remedy: "Send requests to another replica.",
  },
  RESERVED_ALIAS: {
    status: 400,
    cause: "An alias starts with two underscores or uses a name that the gateway or GraphQL reserves.",
    remedy: "Choose another alias.",
  },
  // --- subgraphs ------------------------------------------------------------------------------------
  SUBGRAPH_UNAVAILABLE: {
    status: 502,
    cause: "A domain's subgraph could not be reached or answered with an HTTP error.",
    remedy: "The other domains' data is complete; try again later or tell the domain's owner.",
  },
  SUBGRAPH_TIMEOUT: {
    status: 504,
    cause:
      "A domain's subgraph did not answer in time; extensions.phase says which time was over: connect, headers, body, call, or the request's.",
    remedy: "Try again later; ask for less at once if it lasts.",
  },
  SUBGRAPH_OVERLOADED: {
    status: 503,
    cause: "More calls wait for a domain's subgraph than subgraphs.<name>.concurrency and queue allow.",
    remedy:
      "Try again later; if it lasts, the domain has to add replicas or the operator has to raise the limits.",
  },
  SUBGRAPH_INVALID_RESPONSE: {
    status: 502,
    cause: "A domain's subgraph answered something that is not a valid GraphQL response.",
    remedy: "Tell the domain's owner, with the request id.",
  },
  SUBGRAPH_RESPONSE_TOO_LARGE: {
    status: 502,
    cause: "A domain's subgraph answered more bytes than subgraphs.<name>.maxResponseBytes.",
    remedy: "Ask for fewer items at once.",
  },
  SUBGRAPH_ERROR: {
    status: 200,
    cause: "A domain's subgraph reported an error for a field.",
    remedy:
      "Read the code the subgraph gave in extensions, if any; else tell the owner, with the request id.",
  },
  NULL_IN_NON_NULL_FIELD: {
    status: 200,
    cause: "A subgraph gave no value for a field that its schema declares non-null.",
    remedy: "Tell the domain's owner, with the request id.",
  },
  INVALID_VALUE: {
    status: 200,
    cause: "A subgraph gave a value that does not fit the type its schema declares.",
    remedy: "Tell the domain's owner, with the request id.",
  },
  BAD_USER_INPUT: {
    status: 400,
    cause: "An argument has a value that the domain does not accept.",
    remedy: "The message says which argument and what it accepts.",
  },
  IDEMPOTENCY_CONFLICT: {
    status: 200,
    cause: "The idempotency key was already used for another request.",
    remedy: "Repeat the first request unchanged, or use a new key for a new request.",
  },
  INTERNAL: {
    status: 500,
    cause: "Something unexpected happened inside the gateway or a subgraph.",
    remedy: "Tell the operator the request id; the details are in the log under that id.",
  },
  // --- commands, configuration and start-up ---------------------------------------------------------
  CONFIG_INVALID: {
    status: 500,
    cause: "gateway.yaml or a DPG_… variable has an unknown key or a value that is not accepted.",
    remedy: "Correct the key that the message names; the README lists all keys.",
  },
  POLICY_INVALID: {
    status: 500,
    cause: "A .cedar file of policies.directory does not parse, or holds no policy.",
    remedy: "Correct the line and column that the message names; until then the last good policies stay.",
  },
  SUPERGRAPH_INVALID: {
    status: 500,
    cause: "The supergraph is missing, is not a Federation 2 supergraph, or links a feature nobody enforces.",
    remedy: "Compose it again with `dpg supergraph compose`, and serve the file it writes.",
  },
  COMPOSITION_FAILED: {
    status: 400,
    cause: "The subgraphs do not compose to one supergraph.",
    remedy: "Correct the places that the findings name; each finding says what to change.",
  },
  GOVERNANCE_REFUSED: {
    status: 400,
    cause: "A governance rule refuses the schema.",
    remedy: "Correct the places that the findings name; each finding says what to change.",
  },
  // --- registry -------------------------------------------------------------------------------------
  DEPLOY_TOKEN_INVALID: {
    status: 401,
    cause: "The registry got no deploy token, or one that is unknown, expired or revoked.",
    remedy:
      "Set DPG_TOKEN: in development `dpg token --deploy DOMAIN` prints one, in production the governance team creates it.",
  },
  SUBGRAPH_NOT_YOURS: {
    status: 403,
    cause:
      "The deploy token's domain does not own the subgraph: only the one of its own name, and what was granted.",
    remedy:
      "Use a token of the subgraph's domain, or ask the governance team for the name: `dpg registry grant --name SUBGRAPH --domain DOMAIN`.",
  },
  GATEWAYS_ONLY: {
    status: 403,
    cause:
      "Usage is reported, and what all applications send is read, with a gateway's deploy token: no domain can invent the use of a field, or look into another's.",
    remedy: "Make one with `dpg registry token create --domain gateway` and start the gateway with it.",
  },
  METRICS_ONLY: {
    status: 403,
    cause:
      "The deploy token is one of the domain metrics-reader: it reads the metrics of quality, and nothing else.",
    remedy: "Ask with a token of your own domain: `dpg registry token create --domain DOMAIN`.",
  },
  GOVERNANCE_TEAM_ONLY: {
    status: 403,
    cause: "Only the governance team may do this.",
    remedy:
      "Ask the governance team; its tokens are of the domain `governance` (registry) or have the scope `governance:admin` (gateway).",
  },
  GOVERNANCE_LOOSENED: {
    status: 403,
    cause: "The change removes or loosens a guard, mask, row filter or classification that is published.",
    remedy: "Keep the rules the findings name, or have the governance team run the check with --approve.",
  },
  BREAKING_CHANGE: {
    status: 409,
    cause: "The change takes away from the API what clients may be using.",
    remedy: "Deprecate first and keep the old form for a while, or publish with --accept-breaking.",
  },
  CONFLICT: {
    status: 409,
    cause: "Somebody else published in the meantime.",
    remedy: "Fetch what is published now, check again, and repeat the publish.",
  },
  SUBGRAPH_NOT_FOUND: {
    status: 404,
    cause: "The registry has no published subgraph of that name.",
    remedy: "Run `dpg subgraph list` for the names.",
  },
  GENERATION_NOT_FOUND: {
    status: 404,
    cause: "The registry has no such generation, or retention has removed it.",
    remedy: "Run `dpg supergraph history` for the generations there are.",
  },
  ROUTING_URL_REFUSED: {
    status: 400,
    cause: "The routing URL is none that a gateway may call.",
    remedy: "Give the subgraph's own https: address (http: outside production), with a plain host name.",
  },
  LINEAGE_EVENT_INVALID: {
    status: 400,
    cause: "The body is no OpenLineage event, or no list of them.",
    remedy:
      "Send what an OpenLineage client (spec 1.x or 2.x) sends: RunEvents, JobEvents or DatasetEvents; the message says which event is wrong and where.",
  },
  DATA_STALE: {
    status: 503,
    cause: "The data of a product is older than its owners promise, and they want it not to be served then.",
    remedy:
      "Try again later, or ask the product's owner; what the operation reads of other products is served without it.",
  },
  PRODUCT_NOT_YOURS: {
    status: 403,
    cause: "The deploy token is of another domain than the data product.",
    remedy: "Use a token of the product's own domain: its name stands before the dot of the product's id.",
  },
  WEBHOOK_REFUSED: {
    status: 400,
    cause: "The webhook's address is none that alerts may be sent to, or the domain has too many webhooks.",
    remedy:
      "Give the https: address of a service (http: outside production), or remove one with dpg alerts webhook remove.",
  },
  ALERT_NOT_FOUND: {
    status: 404,
    cause: "Your domain has no alert of that number, or no such product.",
    remedy:
      "Run `dpg alerts list` for the numbers; only the product's domain and the governance team handle an alert.",
  },
  ARTIFACT_REFUSED: {
    status: 500,
    cause: "The content of a supergraph generation was changed, or another key signed it.",
    remedy: "The last good generation is still served. Roll back, and find out who wrote to the registry.",
  },
  REGISTRY_UNAVAILABLE: {
    status: 503,
    cause: "The registry could not be reached or cannot answer now.",
    remedy: "Check DPG_REGISTRY_URL and that the gateway runs; gateways go on with what they serve.",
  },
  GATEWAY_UNAVAILABLE: {
    status: 503,
    cause: "The gateway could not be reached, or what answers at its address is none.",
    remedy: "Start it (npm start), or set DPG_GATEWAY_URL to the address of a running one.",
  },
  PORT_IN_USE: {
    status: 500,
    cause: "Another process listens on the port.",
    remedy: "Stop it, or choose another port: PORT=5000 npm start.",
  },
  POSTGRES_UNAVAILABLE: {
    status: 500,
    cause: "The database server could not be reached or refused the connection.",
    remedy: "Check DATABASE_URL, the server and its password; unset DATABASE_URL to use the embedded server.",
  },
  POSTGRES_START_FAILED: {
    status: 500,
    cause: "The embedded Postgres could not start: disk full, wrong permissions or a damaged data directory.",
    remedy:
      "The message says which; free space, correct the owner of DPG_DATA_DIR, or delete that directory.",
  },
  DATA_DIRECTORY_UNUSABLE: {
    status: 500,
    cause:
      "The folder for data (DPG_DATA_DIR, default .data) cannot be made, read or written, or a key in it is damaged.",
    remedy: "Correct its path, owner or permissions, or set DPG_DATA_DIR to another folder.",
  },
  PLATFORM_UNSUPPORTED: {
    status: 500,
    cause: "There is no embedded Postgres for this operating system and processor.",
    remedy: "Set DATABASE_URL to a Postgres 14 or newer.",
  },
  DATABASE_RIGHTS_MISSING: {
    status: 500,
    cause: "The administrator's database user may not create or change a role, a database or a schema.",
    remedy: "Use a user with CREATEROLE and CREATEDB, or a superuser; the message names the refused step.",
  },
  AUDIT_NOT_PREPARED: {
    status: 500,
    cause:
      "The audit database has no table to write to, or there is no audit folder, or it cannot be written.",
    remedy: "Run `dpg audit prepare` once with DATABASE_ADMIN_URL, or correct audit.directory.",
  },
  AUDIT_DAMAGED: {
    status: 500,
    cause: "The audit is not as it was written: an entry was changed, removed, added or moved.",
    remedy:
      "Keep the store as it is for the investigation, and compare with a backup from the entry named on.",
  },
  DATABASE_ROLE_UNSAFE: {
    status: 500,
    cause: "The subgraph's database role is a superuser, owns its tables or may bypass row-level security.",
    remedy: "Connect with a role of its own that only has SELECT, INSERT, UPDATE and DELETE.",
  },
  ROW_SECURITY_MISSING: {
    status: 500,
    cause: "A table with row-filtered data has no row-level security that binds the subgraph's role.",
    remedy:
      "In a migration: ENABLE and FORCE ROW LEVEL SECURITY on the table, and create a policy over dpg.claim_values.",
  },
  SUBGRAPH_SETTINGS_INVALID: {
    status: 500,
    cause: "An environment variable of the subgraph is missing or has a value that is not accepted.",
    remedy:
      "Set the variable that the message names: PORT, HOST, DATABASE_URL, DATABASE_ADMIN_URL, DPG_CURSOR_KEY, DPG_GATEWAY_JWKS_URL, LOG_LEVEL.",
  },
  SUBGRAPH_SCHEMA_INVALID: {
    status: 500,
    cause:
      "schema.graphql is not a valid Federation 2 subgraph, or resolvers exist for fields it does not have.",
    remedy: "Correct the place that the message names.",
  },
  MIGRATION_FAILED: {
    status: 500,
    cause: "A database migration failed and was rolled back.",
    remedy: "Correct the migration that the message names; nothing was changed by it.",
  },
  MIGRATIONS_DIFFER: {
    status: 500,
    cause:
      "Another version made the database, with migrations that this version does not have, or has elsewhere.",
    remedy:
      "Start the version that made the database, or restore a backup that this version or an earlier one made; nothing was changed.",
  },
  PRODUCT_DESCRIPTOR_INVALID: {
    status: 400,
    cause: "product.yaml has a missing, unknown or wrong entry, or is no YAML that is read.",
    remedy: "Correct the entry or the place that the message names.",
  },
  PRODUCT_NOT_FOUND: {
    status: 404,
    cause: "No data product of that id is published.",
    remedy: "Look the id up in the catalog: query dataProducts { nodes { id } }.",
  },
  STANDARD_DOCUMENT_INVALID: {
    status: 400,
    cause: "A contract (ODCS 3.x) or product (Bitol ODPS 1.0) has a missing or wrong entry.",
    remedy: "Correct the entry that the message names; the standards' JSON schemas say what there may be.",
  },
  USAGE: {
    status: 400,
    cause: "The command was given arguments it does not take.",
    remedy: "Run the command with --help.",
  },
  FILE_UNREADABLE: {
    status: 400,
    cause: "A file named on the command line or in a configuration could not be read.",
    remedy: "Check the path and its permissions.",
  },
  UNKNOWN_ERROR_CODE: {
    status: 404,
    cause: "There is no error with that code.",
    remedy: "Run `dpg error` without a code for the list.",
  },
} as const satisfies Record<string, ErrorExplanation>;

/** A code of the closed union above. */
export type ErrorCode = keyof typeof ERROR_CODES;

/** True when `text` is one of our codes. */
export function isErrorCode(text: string): text is ErrorCode {
  return Object.hasOwn(ERROR_CODES, text);
}

/** The cause, the remedy and the HTTP status of a code. */
export function explainError(code: ErrorCode): ErrorExplanation {
  return ERROR_CODES[code];
}

/** An error whose message and extensions are written for the client and may reach it. */
export class ClientError extends Error {
  override readonly name = "ClientError";
  readonly code: ErrorCode;
  readonly extensions: Readonly<Record<string, unknown>>;

  constructor(code: ErrorCode, message: string, extensions: Readonly<Record<string, unknown>> = {}) {
    super(message);
    this.code = code;
    this.extensions = extensions;
  }

  /** HTTP status when this error refuses the whole request. */
  get status(): number {
    return ERROR_CODES[this.code].status;
  }
}

/** An error for the log only; the client sees `INTERNAL` and the request id. */
export class InternalError extends Error {
  override readonly name = "InternalError";
}
