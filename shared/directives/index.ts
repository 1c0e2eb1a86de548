import type { DirectiveDefinition } from "../define-directive.ts";
import { authenticated } from "./authenticated.ts";
import { classification } from "./classification.ts";
import { dataProduct } from "./data-product.ts";
import { mask } from "./mask.ts";
import { owner } from "./owner.ts";
import { policy } from "./policy.ts";
import { requiresScopes } from "./requires-scopes.ts";
import { rowFilter } from "./row-filter.ts";

/** Every directive this gateway knows, in the order in which they are judged. One line each. */
export const DIRECTIVES: readonly DirectiveDefinition[] = [
  authenticated,
  requiresScopes,
  policy,
  mask,
  rowFilter,
  classification,
  dataProduct,
  owner,
];
