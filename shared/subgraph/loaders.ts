import DataLoader from "dataloader";

/**
 * Loads rows by key for one request: all keys asked for in one turn are read together, an unknown key is null.
 * `read` gets distinct keys and may answer in any order, leaving out what does not exist.
 */
export function keyLoader<Row>(
  read: (keys: readonly string[]) => Promise<readonly Row[]>,
  keyOf: (row: Row) => string,
): DataLoader<string, Row | null> {
  return new DataLoader(async (keys) => {
    const rows = await read(keys);
    const byKey = new Map(rows.map((row) => [keyOf(row), row]));
    return keys.map((key) => byKey.get(key) ?? null);
  });
}

/** Loads all rows that belong to a parent, in the order in which `read` gives them; a parent may have none. */
export function groupLoader<Row>(
  read: (parentIds: readonly string[]) => Promise<readonly Row[]>,
  parentOf: (row: Row) => string,
): DataLoader<string, readonly Row[]> {
  return new DataLoader(async (parentIds) => {
    const byParent = groupBy(await read(parentIds), parentOf);
    return parentIds.map((id) => byParent.get(id) ?? []);
  });
}

/** Items by key, keys in order of appearance. */
export function groupBy<Item>(
  items: readonly Item[],
  keyOf: (item: Item) => string,
): ReadonlyMap<string, readonly Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return groups;
}
