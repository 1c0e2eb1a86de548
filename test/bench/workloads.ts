/** One kind of request that the benchmark measures. */
export interface Workload {
  readonly name: "big" | "small" | "governed";
  readonly query: string;
}

const CUSTOMER = "fragment Customer on Customer { id username name }";
const REVIEW = "fragment Review on Review { id body }";
const PRODUCT = "fragment Product on Product { inStock name price shippingEstimate upc weight }";

/** Four domains, each entered several times from the others. */
const BIG = `query Big {
  customers {
    ...Customer
    reviews {
      ...Review
      product {
        ...Product
        reviews {
          ...Review
          author {
            ...Customer
            reviews {
              ...Review
              product { ...Product }
            }
          }
        }
      }
    }
  }
  topProducts {
    ...Product
    reviews {
      ...Review
      author {
        ...Customer
        reviews {
          ...Review
          product { ...Product }
        }
      }
    }
  }
}
${CUSTOMER}
${REVIEW}
${PRODUCT}`;

const SMALL = `query Small { customer(id: "C1") { name username } }`;

/** Contact data (masked for most) and orders (filtered by region) with the products in them. */
const GOVERNED = `query Governed {
  customers {
    id
    name
    email
    orders { id region status total product { upc name price inStock } }
    reviews { id body product { upc name } author { name email } }
  }
}`;

export const WORKLOADS: readonly Workload[] = [
  { name: "big", query: BIG },
  { name: "small", query: SMALL },
  { name: "governed", query: GOVERNED },
];

/** The `index`th of many operations that differ in their text only a little. */
export function distinctOperation(index: number): string {
  const fields = ["id", "username", "name", "email"].filter((_, bit) => (index & (1 << bit)) !== 0);
  return `query Q${index} { c${index}: customer(id: "C${(index % 6) + 1}") { id ${fields.join(" ")} reviews { body product { a${index}: name price } } } }`;
}
