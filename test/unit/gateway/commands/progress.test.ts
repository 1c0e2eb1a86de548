import { Writable } from "node:stream";
import { describe, expect, test } from "vitest";
import { withProgress } from "../../../../gateway/commands/progress.ts";

class Screen extends Writable {
  readonly isTTY: boolean;
  text = "";
  constructor(isTTY: boolean) {
    super();
    this.isTTY = isTTY;
  }
  readonly columns = 80;
  cursorTo = () => true;
  clearLine = () => true;
  moveCursor = () => true;
  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}

describe("progress", () => {
  test("says nothing in a pipe", async () => {
    const pipe = new Screen(false);
    expect(await withProgress("Asking", async () => 7, pipe)).toBe(7);
    expect(pipe.text).toBe("");
  });

  test("shows a person what goes on, and gives back the result or the error", async () => {
    const screen = new Screen(true);
    const slow = async () => {
      await new Promise((resolve) => setTimeout(resolve, 200));
      return 7;
    };
    expect(await withProgress("Asking", slow, screen)).toBe(7);
    expect(screen.text).toContain("Asking");
    const failing = withProgress("Asking", () => Promise.reject(new Error("no")), new Screen(true));
    await expect(failing).rejects.toThrow("no");
  });
});
