import { useState } from "preact/hooks";
import type { Mesh } from "../queries/mesh.ts";
import { linkTo } from "../route.ts";
import { Table } from "./table.tsx";
import { sayNumber, saySpan, sayTime } from "./times.ts";

/** Rows at first. */
const FIRST = 50;

/** How long each product took until it was served, and how many use it. */
export function MeshProducts({ mesh: { timeToServed, consumersPerProduct } }: { readonly mesh: Mesh }) {
  const [isWhole, setWhole] = useState(false);
  const consumers = new Map(consumersPerProduct.map(({ value, count }) => [value, count]));
  const shown = isWhole ? timeToServed : timeToServed.slice(0, FIRST);
  return (
    <section>
      <h2>From scaffold to served, and consumers</h2>
      <Table columns={["Product", "Begun", "First served", "Took", "Consumers"]} numbers={["Consumers"]}>
        {shown.map(({ product, startedAt, servedAt, seconds }) => (
          <tr key={product}>
            <th scope="row">
              <a href={linkTo("product", product)}>{product}</a>
            </th>
            <td data-label="Begun">{sayTime(startedAt)}</td>
            <td data-label="First served">
              {servedAt === null ? <span class="quiet">not yet</span> : sayTime(servedAt)}
            </td>
            <td data-label="Took">{seconds !== null && saySpan(seconds)}</td>
            <td class="number" data-label="Consumers">
              {sayNumber(consumers.get(product) ?? 0)}
            </td>
          </tr>
        ))}
      </Table>
      {shown.length < timeToServed.length && (
        <p class="actions">
          <button type="button" onClick={() => setWhole(true)}>
            Show all {sayNumber(timeToServed.length)}
          </button>
        </p>
      )}
    </section>
  );
}
