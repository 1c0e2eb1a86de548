import fc from "fast-check";

/** What may be of use to a reader, or none: empty, blank, of any characters but U+0000, which an import refuses. */
export function anyText(): fc.Arbitrary<string> {
  return fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom("Pet data", "pets", "", " ", " padded ", "a\nb") },
    { weight: 1, arbitrary: fc.string({ maxLength: 8 }) },
    {
      weight: 1,
      arbitrary: fc.string({ maxLength: 4, unit: "binary" }).map((text) => text.replaceAll("\0", "")),
    },
  );
}

/** Names as databases have them, as GraphQL would not take them, and such as mean something to it. */
export function anyName(): fc.Arbitrary<string> {
  return fc.oneof(
    { weight: 3, arbitrary: fc.stringMatching(/^[a-z_][a-z0-9_]{0,8}$/) },
    {
      weight: 1,
      arbitrary: fc.constantFrom("id", "Id", "ID", "Query", "query", "__typename", "type", "constructor"),
    },
    { weight: 1, arbitrary: fc.string({ minLength: 1, maxLength: 8 }) },
    { weight: 1, arbitrary: anyText() },
  );
}

/** Ids of parts of a contract (`$defs/StableId`). */
export function anyId(): fc.Arbitrary<string> {
  return fc.stringMatching(/^[A-Za-z0-9_-]{1,6}$/);
}

export function anyTags(): fc.Arbitrary<readonly string[]> {
  return few(fc.oneof(fc.constantFrom("finance", "a/b", "a b"), anyText()));
}

export function anyAddress(): fc.Arbitrary<string> {
  return fc.constantFrom(
    "https://a.example/x",
    "mailto:pets@example.com",
    "sftp://files.example/pets",
    "urn:x:y",
  );
}

export function anyDay(): fc.Arbitrary<string> {
  return fc.constantFrom("2022-08-02", "2024-02-29");
}

export function anyMoment(): fc.Arbitrary<string> {
  return fc.constantFrom("2022-11-15T02:59:43+00:00", "2024-02-29T23:59:59.999Z");
}

/** Any value that JSON has; but `__proto__`, which an import refuses. */
export function anyJson(): fc.Arbitrary<unknown> {
  const key = fc.oneof(
    fc.constantFrom("name", "value", "members", "constructor"),
    fc.string({ maxLength: 4 }),
  );
  return fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 2 },
      fc.oneof(
        fc.constant(null),
        fc.boolean(),
        fc.integer(),
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        anyText(),
      ),
      fc.array(tie("value"), { maxLength: 2 }),
      fc.dictionary(
        key.filter((name) => name !== "__proto__"),
        tie("value"),
        { maxKeys: 2, noNullPrototype: true },
      ),
    ),
  })).value;
}

/** An object of any members. */
export function anyObject(): fc.Arbitrary<object> {
  return fc.dictionary(fc.constantFrom("a", "name", "validValues"), anyJson(), {
    maxKeys: 2,
    noNullPrototype: true,
  });
}

/** None, one or two. */
export function few<Value>(item: fc.Arbitrary<Value>): fc.Arbitrary<readonly Value[]> {
  return fc.array(item, { maxLength: 2 });
}

/** An object with each of the members or, more often, without; but those that have to be there. For JSON. */
export function some(
  members: Readonly<Record<string, fc.Arbitrary<unknown>>>,
  required: readonly string[] = [],
): fc.Arbitrary<object> {
  const optional = ([name, member]: readonly [string, fc.Arbitrary<unknown>]) =>
    [name, required.includes(name) ? member : seldom(member)] as const;
  return fc.record(Object.fromEntries(Object.entries(members).map(optional)), { noNullPrototype: true });
}

function seldom<Value>(value: fc.Arbitrary<Value>): fc.Arbitrary<Value | undefined> {
  const nothing = { weight: 3, arbitrary: fc.constant(undefined) };
  return fc.oneof({ withCrossShrink: true }, nothing, { weight: 1, arbitrary: value });
}
