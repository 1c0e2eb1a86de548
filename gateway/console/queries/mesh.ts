import type { FacetCount } from "./product-list.ts";

/** How the mesh as a whole does. */
export interface Mesh {
  readonly products: number;
  readonly domains: number;
  readonly productsPerDomain: readonly FacetCount[];
  readonly consumersPerProduct: readonly FacetCount[];
  readonly fields: {
    readonly total: number;
    readonly described: number;
    readonly owned: number;
    readonly classified: number;
  };
  readonly checks: {
    readonly checksPassed: number;
    readonly checksRefused: number;
    readonly published: number;
    readonly publishesRefused: number;
  };
  readonly timeToServed: readonly TimeToServed[];
  readonly medianSecondsToServed: number | null;
  /** Null where it was withheld. */
  readonly trend: readonly MeshDay[] | null;
}

export interface TimeToServed {
  readonly product: string;
  readonly startedAt: string;
  readonly servedAt: string | null;
  readonly seconds: number | null;
}

/** Shares, 0 to 1. */
export interface MeshDay {
  readonly at: string;
  readonly quality: number | null;
  readonly availability: number | null;
}

export const MESH = /* GraphQL */ `
query ConsoleMesh {
  mesh {
    products domains
    productsPerDomain { value count }
    consumersPerProduct { value count }
    fields { total described owned classified }
    checks { checksPassed checksRefused published publishesRefused }
    timeToServed { product startedAt servedAt seconds }
    medianSecondsToServed
    trend(days: 30) { at quality availability }
  }
}`;
