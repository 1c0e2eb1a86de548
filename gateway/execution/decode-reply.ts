import { isAscii } from "node:buffer";
import { brotliDecompress, gunzip, inflate, type ZlibOptions } from "node:zlib";
import { invalidReply, type SubgraphReply, tooLarge } from "./subgraph-reply.ts";

/** Whose answer it is, and how many bytes of it are accepted. */
export interface BodyLimit {
  readonly name: string;
  /** After decompression. */
  readonly maxResponseBytes: number;
}

/** UTF-8 to text; mostly it is ASCII, which is several times faster to decode. */
export function decode(body: Buffer): string {
  return body.toString(isAscii(body) ? "latin1" : "utf8");
}

/** For subgraphs that compress although `identity` was asked for; the cap holds for what comes out. */
export function decompress(
  { name, maxResponseBytes }: BodyLimit,
  encoding: string,
  body: Buffer,
  deliver: (reply: SubgraphReply) => void,
): void {
  const limit: ZlibOptions = { maxOutputLength: maxResponseBytes };
  const done = (error: (Error & { code?: string }) | null, text: Buffer): void => {
    if (error === null) deliver({ kind: "answer", text: decode(text) });
    else if (error.code === "ERR_BUFFER_TOO_LARGE") deliver(tooLarge(name, maxResponseBytes));
    else deliver(invalidReply(name, "a compressed body that is damaged"));
  };
  if (encoding === "gzip" || encoding === "x-gzip") gunzip(body, limit, done);
  else if (encoding === "br") brotliDecompress(body, { maxOutputLength: maxResponseBytes }, done);
  else if (encoding === "deflate") inflate(body, limit, done);
  else deliver(invalidReply(name, "in a content encoding that is not supported"));
}
