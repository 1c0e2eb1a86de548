import { runSubgraph } from "../../shared/subgraph/run-subgraph.ts";
import { customerSubgraph } from "./subgraph.ts";

await runSubgraph(customerSubgraph);
