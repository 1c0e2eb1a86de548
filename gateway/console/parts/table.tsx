import type { ComponentChildren } from "preact";

interface TableProps {
  readonly columns: readonly string[];
  /** Those of the columns that hold numbers. */
  readonly numbers?: readonly string[];
  /** Another class, beside that of all tables. */
  readonly kind?: string;
  /** The rows. */
  readonly children: ComponentChildren;
}

/** A table that scrolls where it is too wide, and stacks its cells on a narrow screen. */
export function Table({ columns, numbers = [], kind = "", children }: TableProps) {
  return (
    <div class="scroll">
      <table class={`${kind} stack`.trim()}>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column} scope="col" {...(numbers.includes(column) ? { class: "number" } : {})}>
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  );
}
