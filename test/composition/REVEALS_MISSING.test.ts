import { describe, expect, it } from "vitest";
import { findingsOf } from "../testkit/compose-schemas.ts";

const staff = (sorts: string, filter: string) => `
  type Query { staff(sort: Sort, filter: Filter): [Person] }
  type Mutation { raise(input: Raise): Person }
  enum Sort { ${sorts} }
  input Filter { ${filter} }
  input Raise { salary: Int }
  type Person { name: String salary: Int @requiresScopes(scopes: [["hr"]]) }`;

describe("searches that speak of a protected field", () => {
  it("are pointed out: enum values, input fields and arguments, not inputs of mutations", () => {
    expect(findingsOf(staff("NAME_ASC SALARY_DESC", "minSalary: Int name: String"))).toEqual([
      "warning REVEALS_MISSING Filter.minSalary",
      "warning REVEALS_MISSING Sort.SALARY_DESC",
    ]);
  });

  it("are in order with @reveals", () => {
    const reveals = `@reveals(fields: ["Person.salary"])`;
    expect(findingsOf(staff(`NAME_ASC SALARY_DESC ${reveals}`, `minSalary: Int ${reveals}`))).toEqual([]);
  });

  it("REVEALS_UNKNOWN_FIELD: name a field that exists", () => {
    expect(findingsOf(staff("NAME_ASC", `wage: Int @reveals(fields: ["Person.wage"])`))).toEqual([
      "error REVEALS_UNKNOWN_FIELD Filter.wage",
    ]);
  });
});
