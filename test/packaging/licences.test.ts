import { describe, expect, it } from "vitest";
import { licenceFaults } from "../../scripts/supply/licence-faults.ts";

const component = (name: string, ...ids: string[]) => ({
  components: [{ name, licenses: ids.map((id) => ({ license: { id } })) }],
});
const expression = (text: string) => ({ components: [{ name: "p", licenses: [{ expression: text }] }] });

describe("licences of what ships", () => {
  it.each([component("p", "MIT"), expression("(MIT OR GPL-3.0-only)"), expression("MIT AND BSD-3-Clause")])(
    "pass where they ask for attribution at most",
    (sbom) => {
      expect(licenceFaults(sbom)).toEqual([]);
    },
  );

  it.each([
    ["copyleft", component("p", "AGPL-3.0-only"), "p: AGPL-3.0-only"],
    ["one of two that both bind", expression("MIT AND GPL-2.0-only"), "p: MIT AND GPL-2.0-only"],
    ["none", component("p"), "p: none named"],
    ["what is too involved to be read here", expression("(MIT OR (ISC AND X))"), "p: (MIT OR (ISC AND X))"],
  ])("are named: %s", (_, sbom, fault) => {
    expect(licenceFaults(sbom)).toEqual([fault]);
  });
});
