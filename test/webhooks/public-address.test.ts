import { isIP } from "node:net";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createAddressPolicy } from "../../src/webhooks/public-address.ts";

const open = createAddressPolicy({ loopback: false });
const sandbox = createAddressPolicy({ loopback: true });

describe("addresses that a customer may have us call", () => {
  it.each([
    "8.8.8.8",
    "203.113.131.1",
    "1.1.1.1",
    "172.15.255.255",
    "172.32.0.1",
    "2606:4700::1111",
    "2405:4800::1",
  ])("lets the public %s pass", (address) => expect(open.allows(address)).toBe(true));

  // IANA special-purpose registries, clouds' metadata, and the spellings by which they are reached in IPv6.
  it.each([
    "0.0.0.0",
    "10.0.0.1",
    "100.64.0.1",
    "127.0.0.1",
    "127.9.9.9",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.8",
    "192.168.1.1",
    "198.18.0.1",
    "224.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::ffff:127.0.0.1",
    "::ffff:8.8.8.8",
    "::ffff:a00:1",
    "64:ff9b::a00:1",
    "fe80::1",
    "fe80::1%eth0",
    "fd00:ec2::254",
    "fc00::1",
    "ff02::1",
    "2001:db8::1",
    "2002:7f00:1::",
    "",
    "localhost",
    "8.8.8.8.",
  ])("refuses %s", (address) => expect(open.allows(address)).toBe(false));

  it("lets the sandbox reach this machine and nothing else that is private", () => {
    expect(sandbox.allows("127.0.0.1")).toBe(true);
    expect(sandbox.allows("::1")).toBe(true);
    for (const address of ["10.0.0.1", "169.254.169.254", "::ffff:127.0.0.1", "fe80::1"])
      expect(sandbox.allows(address), address).toBe(false);
  });

  it("refuses whatever is no address", () => {
    const noAddress = fc.string().filter((text) => isIP(text) === 0);
    fc.assert(fc.property(noAddress, (text) => !open.allows(text)));
  });
});
