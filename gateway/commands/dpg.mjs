#!/usr/bin/env node
import { ensureBuilt } from "./ensure-built.mjs";

ensureBuilt();
await import("../../dist/gateway/commands/main.js");
