import { hashOf } from "./world.ts";

/** Puts one fault, or something unusual, into about a third of all answers; the same into the same answer. */
export function tamper(text: string, seed: number): string {
  const hash = hashOf(`${seed} ${text.length} ${text}`);
  const change = CHANGES[(hash >>> 4) % (CHANGES.length * 3)];
  return change ? change(text, hash >>> 9) : text;
}

/** At one of the places, chosen by a number, where a pattern is found. */
function replaceOne(pattern: RegExp, replacement: string): (text: string, choice: number) => string {
  return (text, choice) => {
    const found = [...text.matchAll(pattern)];
    const one = found[choice % Math.max(found.length, 1)];
    if (!one) return text;
    const end = one.index + one[0].length;
    return text.slice(0, one.index) + one[0].replace(pattern, replacement) + text.slice(end);
  };
}

const NUMBER = /(?<=[:[,])-?\d+(?:\.\d+)?(?=[,}\]])/g;
const STRING = /(?<=[:[,])"(?:[^"\\]|\\.)*"(?=[,}\]])/g;
const OBJECT = /\{"[^{}]*\}/g;
const MEMBER = /("\w+"):((?:"(?:[^"\\]|\\.)*"|[^,"[\]{}])+)/g;

const CHANGES: readonly ((text: string, choice: number) => string)[] = [
  ...[
    "-0",
    "0.0",
    "1e400",
    "1E2",
    "2147483648",
    "-2147483648",
    "1.50",
    "12345678901234567890",
    "0.1000000000000000055",
    "1e-7",
  ].map((number) => replaceOne(NUMBER, number)),
  replaceOne(NUMBER, '"1"'),
  replaceOne(NUMBER, "01"),
  replaceOne(NUMBER, "true"),
  replaceOne(STRING, "7"),
  replaceOne(STRING, "1.0"),
  replaceOne(STRING, "true"),
  replaceOne(STRING, "null"),
  replaceOne(STRING, "{}"),
  replaceOne(STRING, '["x"]'),
  ...["\\u0041\\/", "\\ud800", "\\uD83D\\ude00", "\u2028", "\\x", "\t", "\ud83d\ude00"].map((content) =>
    replaceOne(STRING, `"${content}"`),
  ),
  replaceOne(/(?<=")(?=[^"]*"[,}\]])/g, "\\u0078"),
  replaceOne(/true|false/g, "1"),
  replaceOne(/null/g, "{}"),
  replaceOne(/null/g, "[]"),
  replaceOne(OBJECT, "null"),
  replaceOne(OBJECT, "$&,$&"),
  replaceOne(OBJECT, '"text"'),
  replaceOne(OBJECT, "[$&]"),
  replaceOne(OBJECT, "{}"),
  replaceOne(/\[(?=[^\]])/g, "[null,"),
  replaceOne(/\[[^[\]]*\]/g, "[]"),
  replaceOne(/\[[^[\]]*\]/g, "{}"),
  replaceOne(/[:,]/g, "$& "),
  replaceOne(MEMBER, "$&,$&"),
  replaceOne(MEMBER, '$&,$1:"other"'),
  replaceOne(MEMBER, '"more":1,$&'),
  replaceOne(MEMBER, '"__proto__":{"id":"E0-1"},$&'),
  replaceOne(MEMBER, '"renamed":$2'),
  replaceOne(/("__typename"):"\w+"/g, '$1:"Nobody"'),
  replaceOne(/("__typename"):"\w+"/g, '$1:"E1"'),
  replaceOne(/("__typename"):"\w+"/g, "$1:null"),
  replaceOne(/("\w+":"[^"\\]*"),("\w+":"[^"\\]*")/g, "$2,$1"),
  replaceOne(/RED|GREEN|BLUE/g, "PURPLE"),
  (text) => `${text} \n`,
  (text) => `${text}x`,
  (text) => `\ufeff${text}`,
  (text) => ` ${text}`,
  (text, choice) => text.slice(0, choice % text.length),
  (text) => text.replace(/\}\s*$/, ',"extensions":{"data":1,"errors":[2]}}'),
  (text) => text.replace(/\}\s*$/, ',"errors":[]}'),
  (text) => text.replace(/\}\s*$/, ',"errors":null}'),
  (text) => text.replace(/\}\s*$/, ',"errors":[{"message":"late","path":[]}]}'),
  (text) => text.replace(/\}\s*$/, ',"data":{}}'),
  (text) => text.replace(/^\{/, '{"errors":[{"message":"early"}],'),
  (text) => text.replace(/^\{/, '{"extensions":{},'),
  () => '{"data":null}',
  () => "{}",
  () => "",
];
