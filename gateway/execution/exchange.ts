import type { Dispatcher } from "undici";
import type { Cancellable, Cancellation } from "./cancellation.ts";
import { type BodyLimit, decode, decompress } from "./decode-reply.ts";
import { describeFault } from "./describe-fault.ts";
import { type Phase, PhaseClock, type PhaseLimits, type Timed } from "./phase-clock.ts";
import { headerValue, refuseHead } from "./refuse-head.ts";
import { type SubgraphFailure, type SubgraphReply, timedOut, tooLarge } from "./subgraph-reply.ts";
import type { TurnQueue } from "./turn-queue.ts";
import type { WaitingLine } from "./waiting-line.ts";

/** What every call to one subgraph may take. */
export interface ExchangeLimits extends BodyLimit {
  /** Milliseconds from the call to the last byte of the answer, waiting for a connection included. */
  readonly timeoutMs: number;
  /** What the parts of a call may take, where that is less than the whole. */
  readonly phases?: PhaseLimits;
  /** Where answers wait for their turn; without it they are passed on as they come. */
  readonly turns?: TurnQueue;
}

/** How one call ends. */
export interface ExchangeCall {
  /** Milliseconds for this call, where that is less than the subgraph's own. */
  readonly timeoutMs?: number;
  /** Called once with what came back; what it returns is what the call resolves with. */
  readonly settled?: (reply: SubgraphReply) => SubgraphReply | Promise<SubgraphReply>;
  /** Ends the call when the client has gone; null for mutations, which finish once sent. */
  readonly cancellation: Cancellation | null;
}

/** One call, from when it waits for a connection: collects the answer, settles exactly once, and gives the connection back once. */
export class Exchange implements Dispatcher.DispatchHandler, Cancellable, Timed {
  readonly #options: ExchangeLimits;
  readonly #call: ExchangeCall;
  readonly #line: WaitingLine<Exchange>;
  readonly #resolve: (reply: SubgraphReply | Promise<SubgraphReply>) => void;
  readonly #deadline: NodeJS.Timeout;
  #phases: PhaseClock | null = null;
  #abort: ((reason?: Error) => void) | null = null;
  #settled = false;
  #refusal: SubgraphFailure | null = null;
  #isReleased = false;
  #encoding = "";
  #chunks: Buffer[] = [];
  #bytes = 0;

  constructor(
    options: ExchangeLimits,
    call: ExchangeCall,
    line: WaitingLine<Exchange>,
    resolve: (reply: SubgraphReply | Promise<SubgraphReply>) => void,
  ) {
    this.#options = options;
    this.#call = call;
    this.#line = line;
    this.#resolve = resolve;
    this.#deadline = setTimeout(expire, call.timeoutMs ?? options.timeoutMs, this);
    call.cancellation?.add(this);
  }

  giveUp(): void {
    this.#stop({
      kind: "failed",
      code: "SUBGRAPH_TIMEOUT",
      message: `The call to subgraph "${this.#options.name}" was given up.`,
      isGivenUp: true,
    });
  }

  /** It is not going to be started; it ends with this reply when {@link expire} is called, or its time is over. */
  dismiss(reply: SubgraphFailure): void {
    this.#refusal = reply;
  }

  expire(): void {
    if (this.#refusal !== null) {
      this.#settle(this.#refusal);
      return;
    }
    const milliseconds = this.#call.timeoutMs ?? this.#options.timeoutMs;
    this.#stop(
      timedOut("call", `Subgraph "${this.#options.name}" did not answer within ${milliseconds} ms.`),
    );
  }

  phaseExpired(phase: Phase, milliseconds: number): void {
    const did =
      phase === "headers" ? "did not begin to answer within" : "sent nothing more of its answer for";
    this.#stop(timedOut(phase, `Subgraph "${this.#options.name}" ${did} ${milliseconds} ms.`));
  }

  onConnect(abort: (reason?: Error) => void): void {
    this.#abort = abort;
    if (this.#settled) abort();
    else if (this.#options.phases) this.#phases = new PhaseClock(this.#options.phases, this);
  }

  onHeaders(status: number, headers: Buffer[]): boolean {
    if (status < 200) return true;
    this.#phases?.progressed();
    this.#encoding = headerValue(headers, "content-encoding");
    const refusal = refuseHead(this.#options.name, status, headers);
    if (refusal !== null) this.#stop(refusal);
    return true;
  }

  onData(chunk: Buffer): boolean {
    this.#phases?.progressed();
    this.#bytes += chunk.length;
    if (this.#bytes > this.#options.maxResponseBytes)
      this.#stop(tooLarge(this.#options.name, this.#options.maxResponseBytes));
    else if (!this.#settled) this.#chunks.push(chunk);
    return true;
  }

  onComplete(): void {
    this.#release();
    if (this.#settled) return;
    this.#phases?.stop();
    const [first] = this.#chunks;
    const body = this.#chunks.length === 1 && first ? first : Buffer.concat(this.#chunks);
    if (this.#encoding === "" || this.#encoding === "identity") {
      this.#settle({ kind: "answer", text: decode(body) });
    } else {
      decompress(this.#options, this.#encoding, body, (reply) => this.#settle(reply));
    }
  }

  /** Is also told of what is thrown in {@link onComplete}. */
  onError(error: Error): void {
    this.#release();
    this.#settle(describeFault(this.#options.name, error));
  }

  #release(): void {
    if (this.#isReleased) return;
    this.#isReleased = true;
    this.#line.released();
  }

  #stop(reply: SubgraphFailure): void {
    this.#settle(reply);
    this.#abort?.();
  }

  #settle(reply: SubgraphReply): void {
    if (this.#settled) return;
    this.#settled = true;
    clearTimeout(this.#deadline);
    this.#phases?.stop();
    this.#call.cancellation?.remove(this);
    this.#line.leave(this);
    this.#chunks = [];
    const result = this.#call.settled ? this.#call.settled(reply) : reply;
    const { turns } = this.#options;
    if (turns === undefined) this.#resolve(result);
    else turns.run(() => this.#resolve(result));
  }
}

function expire(exchange: Exchange): void {
  exchange.expire();
}
