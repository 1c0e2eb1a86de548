import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Json } from "../../../../../gateway/catalog/standards/json-patch.ts";
import { anyContract } from "../../../../testkit/standards/any-contract.ts";
import { anyProduct } from "../../../../testkit/standards/any-product.ts";
import { exportedAgain, importedFacts, openDocuments } from "../../../../testkit/standards/imported-facts.ts";
import { HIDDEN, markHidden } from "../../../../testkit/standards/mark-hidden.ts";

const seed = Number(process.env.STANDARDS_SEED ?? Date.now() % 2 ** 31);
const plain = (generated: object): Json => JSON.parse(JSON.stringify(generated));

describe.each([
  ["contract of ODCS", anyContract(), 40],
  ["product of Bitol's ODPS", anyProduct(), 100],
])("any %s", (_name, any, numRuns) => {
  test(`survives import and export unchanged (STANDARDS_SEED=${seed})`, () => {
    fc.assert(
      fc.property(any, (generated) => {
        const document = plain(generated);
        expect(exportedAgain(document)).toEqual(document);
      }),
      { numRuns, seed },
    );
  }, 60_000);

  test(`tells everybody nothing but what is for everybody (STANDARDS_SEED=${seed})`, () => {
    fc.assert(
      fc.property(any, (generated) => {
        const document = markHidden(plain(generated));
        const { facts, sdl } = importedFacts(document);
        for (const open of openDocuments(facts)) expect(JSON.stringify(open)).not.toContain(HIDDEN);
        expect(sdl ?? "").not.toContain(HIDDEN);
      }),
      { numRuns, seed },
    );
  }, 60_000);
});
