import { BlockList, isIP } from "node:net";

/** Special-purpose blocks of the IANA registries (RFC 6890 and its updates) that are not the public Internet. */
const reserved4: readonly (readonly [string, number])[] = [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.88.99.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  ["224.0.0.0", 4],
  ["240.0.0.0", 4],
];
/** Within 2000::/3, the only global unicast block: what tunnels to IPv4, documents or is kept for the protocols. */
const reserved6: readonly (readonly [string, number])[] = [
  ["2001::", 23],
  ["2001:db8::", 32],
  ["2002::", 16],
  ["3fff::", 20],
];

export type AddressPolicy = {
  /** May a request of a customer's choosing be sent to this IP address? */
  allows(address: string): boolean;
};

/** Addresses of the public Internet; with `loopback` also this machine's own, for the sandbox and for tests. */
export function createAddressPolicy(options: { readonly loopback: boolean }): AddressPolicy {
  const refused = new BlockList();
  for (const [network, prefix] of reserved4) refused.addSubnet(network, prefix, "ipv4");
  for (const [network, prefix] of reserved6) refused.addSubnet(network, prefix, "ipv6");
  const global = new BlockList();
  global.addSubnet("2000::", 3, "ipv6");
  const own = new BlockList();
  own.addSubnet("127.0.0.0", 8, "ipv4");
  own.addAddress("::1", "ipv6");
  return {
    allows(address) {
      // A zone ("fe80::1%eth0") names an interface of this machine.
      if (address.includes("%")) return false;
      switch (isIP(address)) {
        case 4:
          return !refused.check(address, "ipv4") || (options.loopback && own.check(address, "ipv4"));
        case 6:
          // Mapped IPv4 (::ffff:0:0/96), link-local, unique local and multicast all lie outside 2000::/3.
          if (options.loopback && address === "::1") return true;
          return global.check(address, "ipv6") && !refused.check(address, "ipv6");
        default:
          return false;
      }
    },
  };
}
