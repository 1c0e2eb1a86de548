import type { DirectiveDefinition } from "../define-directive.ts";
import { audit } from "./audit.ts";
import { authenticated } from "./authenticated.ts";
import { classification } from "./classification.ts";
import { dataProduct } from "./data-product.ts";
import { format } from "./format.ts";
import { lifecycle } from "./lifecycle.ts";
import { lineage } from "./lineage.ts";
import { mask } from "./mask.ts";
import { owner } from "./owner.ts";
import { policy } from "./policy.ts";
import { purpose } from "./purpose.ts";
import { requiresScopes } from "./requires-scopes.ts";
import { retention } from "./retention.ts";
import { reveals } from "./reveals.ts";
import { rowFilter } from "./row-filter.ts";

/** Every directive this gateway knows, in the order in which they are judged. One line each. */
export const DIRECTIVES: readonly DirectiveDefinition[] = [
  authenticated,
  requiresScopes,
  policy,
  purpose,
  lifecycle,
  mask,
  reveals,
  rowFilter,
  retention,
  classification,
  format,
  dataProduct,
  owner,
  lineage,
  audit,
];
