import { generateCode } from "../generate-code.ts";

/** Collects the functions of one piece of generated code, and the values that it refers to. */
export class SourceBuilder {
  readonly #functions: string[] = [];
  readonly #constants: unknown[] = [];
  #names = 0;

  /** Adds a function whose source is made from the name it gets, and gives that name. */
  add(prefix: string, source: (name: string) => string): string {
    this.#names += 1;
    const name = `${prefix}${this.#names}`;
    this.#functions.push(source(name));
    return name;
  }

  /** The name under which generated code finds a value. */
  constant(value: unknown): string {
    const index = this.#constants.push(value) - 1;
    return this.add("k", (name) => `const ${name}=c[${index}];`);
  }

  /** Compiles `prelude`, the functions, and `result`; null where code generation is disallowed. */
  build<T>(prelude: string, result: string): T | null {
    return generateCode<T>(this.#constants, `${prelude}\n${this.#functions.join("\n")}\nreturn ${result}`);
  }
}
