import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { bindBody, submitBody } from "../../../src/channels/smpp-bodies.ts";
import { encodePdu, smppCommands } from "../../../src/channels/smpp-pdu.ts";
import { smsParts } from "../../../src/channels/sms-encoding.ts";
import { foreignTool } from "./foreign-tools.ts";

/** Wireshark's reading of our bytes as a TCP segment to an SMSC. */
function dissect(pdu: Buffer): string {
  const tshark = foreignTool("tshark");
  const text2pcap = foreignTool("text2pcap");
  const folder = mkdtempSync(join(tmpdir(), "smpp-"));
  const lines: string[] = [];
  for (let at = 0; at < pdu.length; at += 16) {
    const octets = pdu
      .subarray(at, at + 16)
      .toString("hex")
      .replace(/../g, "$& ")
      .trim();
    lines.push(`${at.toString(16).padStart(6, "0")} ${octets}`);
  }
  writeFileSync(join(folder, "pdu.txt"), `${lines.join("\n")}\n`);
  execFileSync(text2pcap, ["-q", "-T", "50000,2775", join(folder, "pdu.txt"), join(folder, "pdu.pcap")], {
    stdio: "ignore",
  });
  const read = execFileSync(
    tshark,
    ["-n", "-r", join(folder, "pdu.pcap"), "-d", "tcp.port==2775,smpp", "-V"],
    {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    },
  );
  rmSync(folder, { recursive: true });
  return read;
}

function submit(text: string, index = 0): Buffer {
  const { encoding, parts } = smsParts(text);
  const header = parts.length === 1 ? [] : [5, 0, 3, 7, parts.length, index + 1];
  const body = submitBody({
    source: "BRAND",
    destination: "84901888484",
    esmClass: parts.length === 1 ? 0 : 0x40,
    validityPeriod: "261124150000000+",
    registeredDelivery: 1,
    dataCoding: encoding === "gsm7" ? 0 : 8,
    message: Buffer.concat([Buffer.from(header), parts[index] ?? Buffer.alloc(0)]),
  });
  return encodePdu({ commandId: smppCommands.submitSm, status: 0, sequence: 42, body });
}

test("Wireshark reads our submit_sm as we meant it, accents and all", () => {
  const read = dissect(submit("Mã OTP 686868"));
  expect(read).toContain("Operation: Submit_sm (0x00000004)");
  expect(read).toContain("Sequence #: 42");
  expect(read).toMatch(/Type of number \(originator\): Alphanumeric \(0x05\)/);
  expect(read).toContain("Originator address: BRAND");
  expect(read).toMatch(/Type of number \(recipient\): International \(0x01\)/);
  expect(read).toMatch(/Numbering plan indicator \(recipient\): ISDN/);
  expect(read).toContain("Recipient address: 84901888484");
  expect(read).toMatch(/Validity period: .*Nov 24, 2026 15:00:00/);
  expect(read).toMatch(/Delivery receipt requested/);
  expect(read).toMatch(/\(UCS-2|UCS2\) alphabet|UCS/i);
  expect(read).toContain("Message: Mã OTP 686868");
  expect(read).not.toMatch(/Malformed/i);
});

test("Wireshark sees the parts of a long text with their place in it", () => {
  const text = "ế".repeat(71);
  const first = dissect(submit(text, 0));
  const second = dissect(submit(text, 1));
  for (const read of [first, second]) {
    expect(read).toMatch(/UDHI|User Data Header/i);
    expect(read).not.toMatch(/Malformed/i);
  }
  expect(first).toContain("Message length: 140");
  expect(second).toContain("Message length: 14");
});

test("Wireshark reads our bind", () => {
  const body = bindBody({ systemId: "guard", password: "secret", systemType: "VMA" });
  const read = dissect(encodePdu({ commandId: smppCommands.bindTransceiver, status: 0, sequence: 1, body }));
  expect(read).toContain("Operation: Bind_transceiver (0x00000009)");
  expect(read).toContain("System ID: guard");
  expect(read).toContain("System type: VMA");
  expect(read).toMatch(/Version \(if\): 3\.4/);
  expect(read).not.toMatch(/Malformed/i);
});
