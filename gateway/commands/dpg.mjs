#!/usr/bin/env -S node --max-semi-space-size=64 --max-old-space-size=2000 --heap-growing-percent=100
// Room for the objects of many requests at once, and a limit under which V8 lets garbage double the heap, not quadruple it.
import { ensureBuilt } from "./ensure-built.mjs";

ensureBuilt();
await import("../../dist/gateway/commands/main.js");
