import { type LookupAddress, type LookupOptions, lookup } from "node:dns";
import { BlockList, isIP, isIPv4, type LookupFunction } from "node:net";

/** Where credentials of machines are handed out, and what is no host at all: never a subgraph's address. */
const NEVER = new BlockList();
for (const [network, prefix] of [
  ["0.0.0.0", 8],
  ["169.254.0.0", 16],
  ["224.0.0.0", 4],
  ["240.0.0.0", 4],
  ["100.100.100.200", 32],
  ["192.0.0.192", 32],
] as const)
  NEVER.addSubnet(network, prefix, "ipv4");
for (const [network, prefix] of [
  ["::", 128],
  ["fe80::", 10],
  ["ff00::", 8],
  ["fd00:ec2::254", 128],
] as const)
  NEVER.addSubnet(network, prefix, "ipv6");

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet("127.0.0.0", 8, "ipv4");
LOOPBACK.addAddress("::1", "ipv6");

/** Addresses that carry an IPv4 address inside and so go around rules on it. */
const WRAPPED = new BlockList();
for (const [network, prefix] of [
  ["::ffff:0:0", 96],
  ["64:ff9b::", 96],
  ["2002::", 16],
] as const)
  WRAPPED.addSubnet(network, prefix, "ipv6");

const METADATA_NAME = /^(metadata|instance-data|metadata\.google\.internal|metadata\.goog)\.?$/i;
const LOOPBACK_NAME = /^(localhost|.*\.localhost)\.?$/i;

/**
 * Why a published address may not become a subgraph's, or null where it may (hardening.md 61). Refused are other
 * protocols, credentials, addresses of machine metadata, disguised forms of an address, and, in production,
 * loopback and plain http.
 */
export function refuseRoutingUrl(text: string, production: boolean): string | null {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !/^https?:$/.test(url.protocol)) return "it is no https: or http: address";
  if (url.username !== "" || url.password !== "") return "it carries credentials";
  const host = url.hostname.replace(/^\[|\]$/g, "");
  if (isIPv4(host) && writtenHost(text) !== host) return `its host is another spelling of ${host}`;
  if (METADATA_NAME.test(host)) return "its host hands out machine credentials";
  if (production && LOOPBACK_NAME.test(host)) return "its host is this machine";
  if (production && url.protocol === "http:") return "production needs https:";
  return isIP(host) === 0 ? null : refuseAddress(host, production);
}

/** Why no connection may be opened to an IP address, or null where it may. */
export function refuseAddress(address: string, production: boolean): string | null {
  const family = isIPv4(address) ? "ipv4" : "ipv6";
  if (family === "ipv6" && WRAPPED.check(address, family)) return `${address} wraps an IPv4 address`;
  if (NEVER.check(address, family)) return `${address} is no address of a service`;
  if (production && LOOPBACK.check(address, family)) return `${address} is this machine`;
  return null;
}

/**
 * Resolves names for connections to subgraphs and refuses what {@link refuseAddress} refuses, at every
 * connection anew: a name may point elsewhere than when it was published.
 */
export function createGuardedLookup(production: boolean): LookupFunction {
  return (hostname, options, callback) => {
    const wanted: LookupOptions = { ...options, all: true };
    lookup(hostname, wanted, (error, found) => {
      const addresses: readonly LookupAddress[] = typeof found === "string" ? [] : (found ?? []);
      const [first] = addresses;
      if (error || !first) return callback(error ?? new Error(`${hostname} has no address`), "", 0);
      const reason = addresses
        .map(({ address }) => refuseAddress(address, production))
        .find((item) => item !== null);
      if (reason) return callback(new Error(`the address of a subgraph is refused: ${reason}`), "", 0);
      if (options.all) callback(null, [...addresses]);
      else callback(null, first.address, first.family);
    });
  };
}

/** The host as it was written, before a URL parser normalised it. */
function writtenHost(text: string): string {
  return /^\s*[a-z][a-z0-9+.-]*:[\\/]*(?:[^/?#\\]*@)?([^/?#:\\]*)/i.exec(text)?.[1] ?? "";
}
