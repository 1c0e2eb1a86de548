import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import { ADVISED } from "./advised-attacks.ts";
import { type Attack, type AttackRequest, operation, post, REFUSED, repeat } from "./attack.ts";

/** Bytes of a bomb before it was compressed a thousand times. */
const BOMB = 50_000_000;

function sizes(): readonly Attack[] {
  const nested = (levels: number, open: string) => `{ ${open.repeat(levels)} id ${"}".repeat(levels)} }`;
  return [
    operation("64 a thousand aliases", () => `{ ${repeat(1000, (n) => `a${n}: me { id }`)} }`),
    operation("64 a thousand duplicates", () => `{ ${repeat(1000, () => "me { id }")} }`),
    operation("64 a thousand duplicates of a leaf", () => `{ me { ${repeat(1000, () => "id")} } }`),
    operation(
      "64 a thousand aliased mutations",
      () => `mutation { ${repeat(1000, (n) => `a${n}: touch { id }`)} }`,
    ),
    operation("66 fifty aliases, spread fifty times", () => {
      const spreads = repeat(50, () => "friend { ...F }");
      return `{ me { ${spreads} } } fragment F on User { ${repeat(50, (n) => `a${n}: id`)} }`;
    }),
    operation("67 spreads with directives", () => {
      const spreads = repeat(200, () => "...F @include(if: true) @skip(if: false)");
      return `{ me { ${spreads} } } fragment F on User { id }`;
    }),
    operation(
      "67 a field with a thousand directives",
      () => `{ me { id ${repeat(1000, () => "@skip(if: false)")} } }`,
    ),
    operation(
      "67 a fragment named as introspection is",
      () => "{ ...__schema } fragment __schema on Query { me { id } }",
      [200, 400],
    ),
    operation("68 fields nested 3000 deep", () => nested(3000, "me {")),
    operation("68 fragments nested 3000 deep", () => nested(3000, "... {")),
    operation(
      "68 a list literal nested 5000 deep",
      () => `{ take(numbers: ${"[".repeat(5000)}${"]".repeat(5000)}) }`,
    ),
    operation(
      "68 an object literal nested 2500 deep",
      () => `{ take(lines: ${"{next: ".repeat(2500)}{}${"}".repeat(2500)}) }`,
    ),
    operation(
      "68 fields nested 60 deep",
      () => `{ thing { ${"next { ".repeat(60)} id ${"} ".repeat(60)} } }`,
    ),
  ];
}

function texts(): readonly Attack[] {
  return [
    operation("69 five megabytes of comments", () => `{ me { id } } ${"#x\n".repeat(1_700_000)}`, [413]),
    operation("69 0.9 megabytes of commas", () => `{ me { id ${",".repeat(900_000)} } }`, [200]),
    operation("69 0.9 megabytes of comments", () => `{ me { id } } ${"#\n".repeat(300_000)}`, [200]),
    operation(
      "69 a third of a million byte order marks",
      () => `{ me { id } } ${"\uFEFF".repeat(300_000)}`,
      [200],
    ),
    operation("69 an unclosed string of 0.9 megabytes", () => `{ take(text: "${"a".repeat(900_000)}`),
    operation("69 fourteen thousand unknown fields", () => `{ ${repeat(14_000, (n) => `z${n}`)} }`),
    operation("69 more tokens than allowed", () => `{ ${repeat(100_000, () => "me")} }`),
  ];
}

function fragments(): readonly Attack[] {
  const inline = (outer: number, inner: number) =>
    `{ ${repeat(outer, () => `... on Query { ${repeat(inner, () => "... on Query { me { id } }")} }`)} }`;
  return [
    operation("70 inline fragments 15 by 15", () => inline(15, 15)),
    operation("70 inline fragments 60 by 40", () => inline(60, 40)),
    operation("70 two thousand inline fragments", () => inline(1, 1500)),
    operation(
      "70 four hundred fragments before the operation",
      () =>
        `${repeat(400, (n) => `fragment F${n} on Query { me { id } }`)} { ${repeat(400, (n) => `...F${n}`)} }`,
    ),
    operation(
      "70 unused fragments",
      () => `{ me { id } } ${repeat(2000, (n) => `fragment F${n} on Query { me { id } }`)}`,
    ),
    operation(
      "74 fragments in a circle",
      () => "{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }",
    ),
    operation("74 hundreds of fragments in circles", () => {
      const circle = (n: number) => `...F${(n + 1) % 400} ...F${(n + 7) % 400} ...F${(n + 31) % 400}`;
      return `{ ...F0 } ${repeat(400, (n) => `fragment F${n} on Query { ${circle(n)} }`)}`;
    }),
    operation("74 a fragment that contains itself", () => "{ ...A } fragment A on Query { me { id } ...A }"),
    operation(
      "74 ten thousand fragments",
      () => `{ ...F0 } ${repeat(10_000, (n) => `fragment F${n} on Query { a${n}: take }`)}`,
    ),
    operation("74 two thousand operations", () => repeat(2000, (n) => `query Q${n} { me { id } }`)),
    operation("74 two thousand operations without a name", () => repeat(2000, () => "{ me { id } }")),
    operation(
      "74 a chain of 1500 fragments",
      () =>
        `{ ...F0 } ${repeat(1500, (n) => `fragment F${n} on Query { ...F${n + 1} }`)} fragment F1500 on Query { me { id } }`,
    ),
  ];
}

function fanOut(levels: number): string {
  const spread = (n: number) => `a: next { ...F${n + 1} } b: next { ...F${n + 1} }`;
  const all = repeat(levels, (n) => `fragment F${n} on Thing { ${spread(n)} }`);
  return `{ thing { ...F0 } } ${all} fragment F${levels} on Thing { x0 x1 x2 }`;
}

function fanOuts(): readonly Attack[] {
  return [8, 14, 30, 49, 400].map((levels) => operation(`71 fan-out of 2^${levels}`, () => fanOut(levels)));
}

function pages(): readonly Attack[] {
  const nested = (first: string) =>
    `page(first: ${first}) { things(first: ${first}) { nodes { things(first: ${first}) { nodes { things(first: ${first}) { nodes { id } } } } } } }`;
  const byVariable = (n: number): AttackRequest =>
    post({ query: `query($n: Int) { ${nested("$n")} }`, variables: { n } });
  return [
    operation("65 a limit of a million", () => "{ search(limit: 1000000) { id x1 } }"),
    { name: "65 a page of a million by variable", statuses: REFUSED, send: () => byVariable(1_000_000) },
    operation("72 pages in pages in pages", () => `{ ${nested("2147483647")} }`),
    { name: "72 pages in pages by variable", statuses: REFUSED, send: () => byVariable(2_147_483_647) },
    operation(
      "72 lists that nobody bounds",
      () => `{ thing { ${"things { nodes { ".repeat(12)} id ${"} } ".repeat(12)} } }`,
    ),
    operation(
      "72 a page of less than nothing, in pages",
      () => `{ ${nested("-1").replace("-1", "100000")} }`,
    ),
  ];
}

function plans(): readonly Attack[] {
  const included = repeat(15, (n) => `$v${n}: Boolean!`, ", ");
  const all = repeat(6, (n) => `x${n}`);
  const many = (levels: number): string =>
    levels === 0 ? all : `${all} shared next { ${many(levels - 1)} }`;
  return [
    operation("73 fields that six subgraphs share", () => `{ thing { ${many(40)} } }`, [200, 400]),
    operation(
      "73 an interface of fifty",
      () => `{ item { ${"item { thing { id x1 } ".repeat(10)} id ${"} ".repeat(10)} } }`,
      [200, 400],
    ),
    operation(
      "73 fifty implementers, each by a fragment",
      () => `{ item { ${repeat(50, (n) => `... on Item${n} { own${n} thing { x1 x2 } item { id } }`)} } }`,
      [200, 400],
    ),
    operation(
      "73 two hundred hops",
      () => `{ thing { ${"next { x1 ".repeat(200)} id ${"} ".repeat(200)} } }`,
    ),
    {
      name: "73 fifteen conditions by variable",
      statuses: [200, 400],
      send: () =>
        post({
          query: `query(${included}) { thing { ${repeat(15, (n) => `next @include(if: $v${n}) { x${n % 6} }`)} } }`,
          variables: Object.fromEntries(Array.from({ length: 15 }, (_, n) => [`v${n}`, n % 2 === 0])),
        }),
    },
  ];
}

function variables(): readonly Attack[] {
  const take = (sent: unknown): AttackRequest =>
    post({
      query:
        "query($text: String, $numbers: [Int], $lines: [Line!]) { take(text: $text, numbers: $numbers, lines: $lines) }",
      variables: sent,
    });
  return [
    {
      name: "75 a string of ten megabytes",
      statuses: [413],
      send: () => take({ text: "a".repeat(10_000_000) }),
    },
    {
      name: "75 a list of a million",
      statuses: [413],
      send: () => take({ numbers: Array(1_000_000).fill(1) }),
    },
    {
      name: "75 a list of 0.4 million",
      statuses: [200],
      send: () => take({ numbers: Array(400_000).fill(1) }),
    },
    { name: "75 JSON nested five million deep", statuses: [413], send: () => post("[".repeat(5_000_000)) },
    { name: "75 JSON nested 0.9 million deep", statuses: REFUSED, send: () => post("[".repeat(900_000)) },
    {
      name: "75 variables nested 400,000 deep",
      statuses: REFUSED,
      send: () =>
        post(`{"query":"{ me { id } }","variables":{"x":${"[".repeat(400_000)}${"]".repeat(400_000)}}}`),
    },
    {
      name: "75 inputs nested 2000 deep",
      statuses: REFUSED,
      send: () =>
        post(
          `{"query":"query($l: [Line!]) { take(lines: $l) }","variables":{"l":${'{"id":"1","next":'.repeat(2000)}null${"}".repeat(2000)}}}`,
        ),
    },
    {
      name: "75 variables in the address, nested 1000 deep",
      statuses: REFUSED,
      send: () => ({
        method: "GET",
        path: `/graphql?${new URLSearchParams({ query: "{ me { id } }", variables: `{"x":${"[".repeat(1000)}${"]".repeat(1000)}}` })}`,
        headers: { "apollo-require-preflight": "1" },
      }),
    },
    {
      name: "76 a wrong variable of 0.9 megabytes",
      statuses: REFUSED,
      send: () => take({ numbers: "a".repeat(900_000) }),
    },
    {
      name: "76 a hundred thousand wrong items",
      statuses: REFUSED,
      send: () => take({ numbers: Array(100_000).fill("secret") }),
    },
    {
      name: "76 a hundred thousand wrong keys",
      statuses: REFUSED,
      send: () => take({ lines: Array(10_000).fill({ [`k${"e".repeat(50)}`]: 1 }) }),
    },
  ];
}

function bodies(): readonly Attack[] {
  const bomb = (encoding: string, compress: (data: Buffer) => Buffer): Attack => ({
    name: `78 CVE-2024-28101 a bomb by ${encoding}`,
    statuses: [413],
    send: () => post(compress(Buffer.alloc(BOMB, " ")), { "content-encoding": encoding }),
  });
  const chunk = Buffer.alloc(64_000, " ");
  return [
    { name: "77 a body over the limit", statuses: [413], send: () => post(Buffer.alloc(2_000_000, " ")) },
    {
      name: "77 CVE-2024-43783 a body over the limit in chunks",
      statuses: [413],
      send: () => ({ ...post(""), body: Array(40).fill(chunk) }),
    },
    bomb("gzip", (data) => gzipSync(data)),
    bomb("deflate", (data) => deflateSync(data)),
    bomb("br", (data) => brotliCompressSync(data)),
    {
      name: "78 compressed twice",
      statuses: [415],
      send: () => post(gzipSync(gzipSync("{}")), { "content-encoding": "gzip, gzip" }),
    },
    {
      name: "78 not compressed as it says",
      statuses: REFUSED,
      send: () => post("{}", { "content-encoding": "gzip" }),
    },
    {
      name: "79 UTF-7",
      statuses: [415],
      send: () => post("+AHs-", { "content-type": "application/json; charset=utf-7" }),
    },
    {
      name: "79 UTF-16",
      statuses: [415],
      send: () =>
        post(Buffer.from(`{"query":"{me{id}}"}`, "utf16le"), {
          "content-type": "application/json; charset=utf-16",
        }),
    },
    { name: "80 a batch", statuses: REFUSED, send: () => post(Array(50).fill({ query: "{ me { id } }" })) },
  ];
}

function names(): readonly Attack[] {
  const raw = (name: string, body: string): Attack => ({
    name,
    statuses: [200, 400],
    send: () => post(body),
  });
  return [
    ...["__proto__", "constructor", "prototype"].flatMap((name) => [
      operation(`84 the alias ${name}`, () => `{ ${name}: me { id } }`),
      raw(
        `84 the variable ${name}`,
        `{"query":"query($${name}: Int) { take(number: $${name}) }","variables":{"${name}":1}}`,
      ),
      raw(`84 the key ${name}`, `{"query":"{ me { id } }","${name}":{"polluted":1}}`),
      raw(
        `84 the key ${name} in variables`,
        `{"query":"{ me { id } }","variables":{"x":{"${name}":{"polluted":1}}}}`,
      ),
      {
        name: `84 the header ${name}`,
        statuses: [200],
        send: () => post({ query: "{ me { id } }" }, { [name]: "polluted" }),
      },
    ]),
  ];
}

function transports(): readonly Attack[] {
  const get = (query: string, headers: Readonly<Record<string, string>>): AttackRequest => ({
    method: "GET",
    path: `/graphql?${new URLSearchParams({ query })}`,
    headers,
  });
  const read = "{ me { id } }";
  return [
    operation("85 a subscription", () => "subscription { me { id } }"),
    operation("85 @defer", () => "{ me { ... @defer { id } } }"),
    {
      name: "85 multipart",
      statuses: [400, 415],
      send: () => post("--x\r\n\r\n--x--", { "content-type": "multipart/form-data; boundary=x" }),
    },
    { name: "87 GET without a header of its own", statuses: REFUSED, send: () => get(read, {}) },
    {
      name: "87 GET with an odd content type",
      statuses: [400, 415],
      send: () => get(read, { "content-type": "text/plain; x=application/json" }),
    },
    {
      name: "87 plain text",
      statuses: [400, 415],
      send: () => post({ query: read }, { "content-type": "text/plain" }),
    },
    {
      name: "87 a form",
      statuses: [400, 415],
      send: () => post(`query=${read}`, { "content-type": "application/x-www-form-urlencoded" }),
    },
    {
      name: "87 a mutation by GET",
      statuses: [405],
      send: () => get("mutation { touch { id } }", { "apollo-require-preflight": "1" }),
    },
  ];
}

/** Requests that are to be refused or answered at once, whoever sends them; for the schema of `attack-world.ts`. */
export const ATTACKS: readonly Attack[] = [
  ...sizes(),
  ...texts(),
  ...fragments(),
  ...fanOuts(),
  ...pages(),
  ...plans(),
  ...variables(),
  ...bodies(),
  ...names(),
  ...transports(),
  ...ADVISED,
];
