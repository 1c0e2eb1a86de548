import { getHeapStatistics } from "node:v8";
import { parentPort } from "node:worker_threads";

// A thread for tests: tells how many bytes its heap may have.
parentPort?.postMessage(getHeapStatistics().heap_size_limit);
