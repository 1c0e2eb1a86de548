/**
 * Whether the stock executor's data are ours, apart from two of its faults: it does not keep the client's order of
 * fields, and leaves fields out that it could not get instead of making them null.
 */
export function equalData(reference: unknown, ours: unknown): boolean {
  return equal(reference, ours, () => false);
}

/** As {@link equalData}, where ours may also be null. */
export function equalOrNull(reference: unknown, ours: unknown): boolean {
  return equal(reference, ours, (_, own) => own === null);
}

/** As {@link equalData}, where the stock executor's objects may also lack fields. */
export function equalOrLess(reference: unknown, ours: unknown): boolean {
  return equal(reference, ours, (stock) => stock === undefined);
}

function equal(
  reference: unknown,
  ours: unknown,
  isAccepted: (reference: unknown, ours: unknown) => boolean,
): boolean {
  if (isAccepted(reference, ours) || (ours === null && reference === undefined)) return true;
  if (Array.isArray(reference) && Array.isArray(ours)) {
    return (
      reference.length === ours.length &&
      reference.every((item, index) => equal(item, ours[index], isAccepted))
    );
  }
  if (!isRecord(reference) || !isRecord(ours)) return Object.is(reference, ours);
  const keys = new Set([...Object.keys(reference), ...Object.keys(ours)]);
  return [...keys].every((key) => key in ours && equal(reference[key], ours[key], isAccepted));
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
