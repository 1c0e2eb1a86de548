import fc from "fast-check";
import {
  anyCustomProperties,
  anyDefinitions,
  anyProductCustomProperties,
  anyProductDefinitions,
} from "./any-custom-properties.ts";
import { anyAddress, anyDay, anyId, anyTags, anyText, few, some } from "./any-words.ts";

/** Who answers for a contract: since 3.1 a team, before that its members. */
export function anyTeam(): fc.Arbitrary<object> {
  const member = some(
    {
      id: anyId(),
      ...memberWords(),
      customProperties: anyCustomProperties(),
      authoritativeDefinitions: anyDefinitions(),
    },
    ["username"],
  );
  const team = some({
    id: anyId(),
    name: anyText(),
    description: anyText(),
    members: few(member),
    tags: anyTags(),
    customProperties: anyCustomProperties(),
    authoritativeDefinitions: anyDefinitions(),
  });
  return fc.oneof(team, few(member));
}

/** Who answers for a product of ODPS. */
export function anyProductTeam(): fc.Arbitrary<readonly object[]> {
  return few(
    some({
      ...memberWords(),
      customProperties: anyProductCustomProperties(),
      authoritativeDefinitions: anyProductDefinitions(),
    }),
  );
}

/** Where users of a contract are helped. */
export function anySupport(): fc.Arbitrary<readonly object[]> {
  return few(some({ id: anyId(), ...supportWords(), customProperties: anyCustomProperties() }, ["channel"]));
}

/** Where users of a product of ODPS are helped. */
export function anyProductSupport(): fc.Arbitrary<readonly object[]> {
  const item = {
    ...supportWords(),
    url: anyAddress(),
    invitationUrl: anyAddress(),
    tags: anyTags(),
    customProperties: anyProductCustomProperties(),
    authoritativeDefinitions: anyProductDefinitions(),
  };
  return few(some(item, ["channel", "url"]));
}

/** Who may do what, in a contract or on one of its servers. */
export function anyRoles(): fc.Arbitrary<readonly object[]> {
  const role = {
    id: anyId(),
    role: anyText(),
    description: anyText(),
    access: fc.oneof(fc.constantFrom("read", "write"), anyText()),
    firstLevelApprovers: anyText(),
    secondLevelApprovers: anyText(),
    customProperties: anyCustomProperties(),
  };
  return few(some(role, ["role"]));
}

function memberWords() {
  return {
    username: fc.oneof(fc.constantFrom("jdoe", "jane@example.com"), anyText()),
    name: fc.oneof(fc.constant("Jane Doe"), anyText()),
    description: anyText(),
    role: fc.oneof(fc.constantFrom("owner", "Owner", "Data Scientist"), anyText()),
    dateIn: anyDay(),
    dateOut: anyDay(),
    replacedByUsername: anyText(),
    tags: anyTags(),
  };
}

function supportWords() {
  return {
    channel: anyText(),
    url: fc.oneof(anyAddress(), anyText()),
    description: anyText(),
    tool: fc.oneof(fc.constantFrom("slack", "email"), anyText()),
    scope: fc.constantFrom("issues", "announcements"),
    invitationUrl: anyText(),
  };
}
