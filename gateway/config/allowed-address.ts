import { z } from "zod";

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\]|.*\.localhost)$/;

/** `http:` is for loopback addresses everywhere, for others only outside production (governance.md §6). */
export function isAllowedAddress(text: string, production: boolean): boolean {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url?.protocol === "https:") return true;
  return url?.protocol === "http:" && (!production || LOOPBACK.test(url.hostname));
}

/** Accepts what {@link isAllowedAddress} does. */
export const address = (production: boolean) =>
  z.string().refine((text) => isAllowedAddress(text, production), {
    message: `expected an https: address${production ? " (http: only for loopback in production)" : " or an http: one"}`,
  });
