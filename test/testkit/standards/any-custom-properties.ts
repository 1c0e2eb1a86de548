import fc from "fast-check";
import { anyAddress, anyId, anyJson, anyName, anyText, few, some } from "./any-words.ts";

/** Custom properties of ODCS, with ids, and with words of ours that others write as they like. */
export function anyCustomProperties(): fc.Arbitrary<readonly object[]> {
  return few(customProperty({ id: anyId() }));
}

/** The same of ODPS, where they have no ids. */
export function anyProductCustomProperties(): fc.Arbitrary<readonly object[]> {
  return few(customProperty({}));
}

/** Definitions elsewhere, of ODCS. */
export function anyDefinitions(): fc.Arbitrary<readonly object[]> {
  const definition = some({ id: anyId(), url: anyText(), type: anyText(), description: anyText() }, [
    "url",
    "type",
  ]);
  return few(definition);
}

/** The same of ODPS, which says of which types they are. */
export function anyProductDefinitions(): fc.Arbitrary<readonly object[]> {
  const type = fc.constantFrom(
    "businessDefinition",
    "transformationImplementation",
    "videoTutorial",
    "tutorial",
  );
  return few(some({ type, url: anyAddress(), description: anyText() }, ["type", "url"]));
}

function customProperty(more: Readonly<Record<string, fc.Arbitrary<unknown>>>): fc.Arbitrary<object> {
  const foreign = some({ ...more, property: anyName(), value: anyJson(), description: anyText() }, [
    "property",
    "value",
  ]);
  const ours = some(
    { ...more, property: fc.constantFrom(...OURS), value: fc.oneof(anyJson(), few(anyText())) },
    ["property", "value"],
  );
  return fc.oneof({ weight: 3, arbitrary: foreign }, { weight: 1, arbitrary: ours });
}

/** Words that an import reads; one that says nothing of ours is kept as it is. */
const OURS = [
  "dpgDescription",
  "dpgLicense",
  "dpgBilling",
  "dpgOnStale",
  "dpgInputPorts",
  "dpgScopes",
  "dpgDeprecated",
  "dpgValues",
  "dpgCategories",
  "dpgRule",
  "dpgDescriptor",
];
