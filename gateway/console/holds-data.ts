/**
 * Whether a field holds data, and so is in its product's list of fields: entries to the graph, pages of lists and the answers
 * of mutations hold none. Types that only begin or end alike do, such as `Queryable`, and so does an `Edge` of a domain's own.
 */
export function holdsData(coordinate: string): boolean {
  return !NO_DATA.test(coordinate);
}

const NO_DATA = /^(?:Query|Mutation|Subscription|PageInfo|\w+(?:Connection|Edge|Payload))\.\w+$/;
