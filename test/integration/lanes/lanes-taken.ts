/** How many GraphQL requests took which way so far, as the gateway's metrics say. */
export async function lanesTaken(origin: string): Promise<{ readonly apollo: number; readonly hot: number }> {
  const text = await (await fetch(`${origin}/metrics`)).text();
  const count = (lane: string) =>
    Number(new RegExp(`^dpg_graphql_requests_total\\{lane="${lane}"\\} (\\d+)$`, "m").exec(text)?.[1] ?? 0);
  return { apollo: count("apollo"), hot: count("hot") };
}
