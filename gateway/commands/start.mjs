// `npm start`: works in a fresh clone, so nothing is imported before it is installed and compiled.
import { ensureBuilt } from "./ensure-built.mjs";

ensureBuilt();
await import("../../dist/gateway/commands/start.js");
