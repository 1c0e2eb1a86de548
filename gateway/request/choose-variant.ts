import {
  type DocumentNode,
  type FieldNode,
  type GraphQLField,
  type GraphQLSchema,
  isAbstractType,
  isCompositeType,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from "graphql";
import type { Caller } from "../../shared/define-directive.ts";
import { ClientError } from "../../shared/errors.ts";
import type { FieldPolicy } from "../supergraph/field-policy.ts";
import { type GovernedArgument, inputUses } from "../supergraph/input-policy.ts";
import type { Supergraph } from "../supergraph/supergraph.ts";
import type { AuthorisedOperation } from "./authorise.ts";
import { BoundedMap } from "./bounded-map.ts";
import { evaluateConditions, withoutConditions } from "./evaluate-conditions.ts";
import type { PreparedOperation } from "./prepare-operation.ts";

/** What a decision about an operation can depend on, apart from the caller. */
export interface OperationVariant {
  readonly prepared: PreparedOperation;
  /** The chosen operation and its fragments, without `@skip` and `@include`. */
  readonly document: DocumentNode;
  /** The policies that decide about this operation, in a stable order. */
  readonly governed: readonly FieldPolicy[];
  /** The governed inputs that its fields use: coordinates of arguments, input fields and enum values. */
  readonly inputs: ReadonlyMap<FieldNode, readonly string[]>;
  readonly byCaller: WeakMap<Caller, AuthorisedOperation>;
  readonly byDecision: BoundedMap<AuthorisedOperation>;
}

/** The operation under one set of conditions, with the places where variables can change a decision. */
export interface ConditionedOperation {
  readonly plain: OperationVariant;
  readonly sites: readonly InputSite[];
  /** By the inputs that are used. */
  readonly byInputs: BoundedMap<OperationVariant>;
}

interface InputSite {
  readonly node: FieldNode;
  readonly field: GraphQLField<unknown, unknown>;
  readonly governed: readonly GovernedArgument[];
}

/** Kept per operation, per set of conditions and per variant: clients use few of either. */
const INPUT_SETS = 64;
const DECISIONS = 64;

/**
 * The operation under the request's conditions and with the governed inputs that it uses: all of its variables
 * that a decision can depend on (governance.md §2 rule 11, §3 `@reveals`).
 *
 * @param checkFormats whether inputs are held to their `@format`
 * @throws ClientError BAD_USER_INPUT for an input that is not as its format says
 */
export function chooseVariant(
  prepared: PreparedOperation,
  variables: Readonly<Record<string, unknown>>,
  checkFormats: boolean,
): OperationVariant {
  const { plain, sites, byInputs } = conditioned(prepared, variables);
  if (sites.length === 0) return plain;
  const inputs = usedInputs(prepared.supergraph, sites, variables, checkFormats);
  const key = sites.map(({ node }) => inputs.get(node)?.join() ?? "").join(";");
  const known = byInputs.get(key);
  if (known) return known;
  const variant = createVariant({ ...plain, inputs });
  byInputs.set(key, variant);
  return variant;
}

/**
 * The operation where its variables are not known: every selection counts as included, and an input as used where
 * its argument is written and `isUsed` says so.
 */
export function variantWithoutVariables(
  prepared: PreparedOperation,
  isUsed: (coordinate: string) => boolean,
): OperationVariant {
  const document = evaluateConditions(withoutConditions(prepared.document), prepared.operationName, {});
  const { governed, sites } = survey(prepared.supergraph, document);
  const inputs = sites.map(({ node, governed: found }) => {
    const written = new Set(node.arguments?.map((argument) => argument.name.value));
    const used = found.flatMap(({ argument, coordinates, nested }) =>
      written.has(argument.name) ? [...coordinates, ...nested.filter(isUsed)] : [],
    );
    return [node, [...new Set(used)].sort()] as const;
  });
  return createVariant({ prepared, document, governed, inputs: new Map(inputs) });
}

function conditioned(
  prepared: PreparedOperation,
  variables: Readonly<Record<string, unknown>>,
): ConditionedOperation {
  const key = prepared.conditionVariables.map((name) => (variables[name] === true ? "1" : "0")).join("");
  const known = prepared.variants.get(key);
  if (known) return known;
  const document = evaluateConditions(prepared.document, prepared.operationName, variables);
  const { governed, sites } = survey(prepared.supergraph, document);
  const plain = createVariant({ prepared, document, governed, inputs: new Map() });
  const found = { plain, sites, byInputs: new BoundedMap<OperationVariant>(INPUT_SETS) };
  prepared.variants.set(key, found);
  return found;
}

function createVariant(
  variant: Pick<OperationVariant, "prepared" | "document" | "governed" | "inputs">,
): OperationVariant {
  const { prepared, document, governed, inputs } = variant;
  const byDecision = new BoundedMap<AuthorisedOperation>(DECISIONS);
  return { prepared, document, governed, inputs, byCaller: new WeakMap(), byDecision };
}

/** Policies of all fields as written, and as found on each object that may come back; uses of governed inputs. */
function survey({ schema, fieldPolicies, inputPolicies }: Supergraph, document: DocumentNode) {
  const found = new Map<string, FieldPolicy>();
  const sites: InputSite[] = [];
  const types = new TypeInfo(schema);
  const visitor = {
    Field: (node: FieldNode) => {
      const parent = types.getParentType();
      const field = types.getFieldDef();
      if (!parent || !field) return;
      for (const type of possibleParents(schema, parent)) {
        const policy = fieldPolicies.of(type, field.name);
        if (policy) found.set(policy.coordinate, policy);
      }
      const governed = inputPolicies.governedArguments(parent.name, field.name);
      if (governed.length > 0) sites.push({ node, field, governed });
    },
  };
  visit(document, visitWithTypeInfo(types, visitor));
  return { governed: [...found.keys()].sort().flatMap((key) => found.get(key) ?? []), sites };
}

function possibleParents(schema: GraphQLSchema, parent: unknown): readonly string[] {
  if (!isCompositeType(parent)) return [];
  const possible = isAbstractType(parent) ? schema.getPossibleTypes(parent).map((type) => type.name) : [];
  return [parent.name, ...possible];
}

function usedInputs(
  { inputPolicies }: Supergraph,
  sites: readonly InputSite[],
  variables: Readonly<Record<string, unknown>>,
  checkFormats: boolean,
): ReadonlyMap<FieldNode, readonly string[]> {
  return new Map(
    sites.map(({ node, field, governed }) => {
      const uses = inputUses(inputPolicies, field, node, governed, variables);
      if (checkFormats)
        for (const { coordinate, value } of uses)
          for (const { directive, applications } of inputPolicies.of(coordinate))
            if (!applications.every((args) => conforms(directive.conforms?.(args), value)))
              throw new ClientError(
                "BAD_USER_INPUT",
                `The value of ${coordinate} is not in the expected format.`,
              );
      return [node, [...new Set(uses.map((use) => use.coordinate))].sort()];
    }),
  );
}

/** Holds for null, and for lists item by item. */
function conforms(check: ((value: unknown) => boolean) | undefined, value: unknown): boolean {
  if (!check || value === null || value === undefined) return true;
  return Array.isArray(value) ? value.every((item) => conforms(check, item)) : check(value);
}
