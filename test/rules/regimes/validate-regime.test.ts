import { describe, expect, test } from "vitest";
import { createEngine } from "../../../src/rules/engine.ts";
import { createPolicy, defaultPolicyData, type PolicyData } from "../../../src/rules/policy.ts";
import { sms, viber, zalo } from "../../../src/rules/regimes/channel-policies.ts";
import type { ChannelPolicy, Regime } from "../../../src/rules/regimes/regime.ts";
import { validateChannelPolicy, validateRegime } from "../../../src/rules/regimes/validate-regime.ts";
import { vn } from "../../../src/rules/regimes/vn.ts";

/** What arrives from an embedding application need not be what the types promise. */
function broken(change: Record<string, unknown>): Regime {
  return Object.assign({}, vn, change);
}
const [hours] = vn.hours;
const [cap] = vn.caps;
const [duty] = vn.labels;
const [optOut] = vn.optOut;

test("the numbers of Viet Nam are those of the published texts", () => {
  expect([hours?.from, hours?.until, hours?.zone]).toEqual(["07:00", "22:00", "recipient"]);
  expect([cap?.max, cap?.periodMs, cap?.channel]).toEqual([3, 86_400_000, null]);
  expect(vn.labels.map(({ labels }) => labels)).toEqual([["[QC]", "[AD]"], ["DKQC"]]);
  expect(vn.doNotCall?.maxAgeMs).toBe(86_400_000);
  expect(vn.transfer).toMatchObject({ homeCountry: "VN", graceMs: 5_184_000_000 });
  expect(vn.brandname?.lengthMax).toBe(11);
  expect(vn.bases.advertising).toEqual(["consent"]);
});

test("the numbers of the channels are those of the published texts", () => {
  expect(zalo.hours[0]).toMatchObject({ from: "06:00", until: "22:00", zone: { iana: "Asia/Ho_Chi_Minh" } });
  expect(zalo.caps[0]).toMatchObject({ max: 4, channel: "zns" });
  expect(viber.length).toMatchObject({ max: 1000, unit: "character" });
  expect(sms.length).toMatchObject({ max: 6, unit: "sms_part" });
});

test("no regime lets advertising rest on anything but consent", () => {
  for (const { bases } of Object.values(defaultPolicyData.regimes))
    expect(bases.advertising).toEqual(["consent"]);
});

describe("invalid data stops the start", () => {
  test.each([
    ["an id that is no word", { id: "" }, "id"],
    ["an empty title", { title: " " }, "title"],
    ["hours of no time", { hours: [{ ...hours, from: "7am" }] }, "hours[0]"],
    [
      "hours that end before they begin",
      { hours: [{ ...hours, from: "22:00", until: "07:00" }] },
      "hours[0]",
    ],
    ["hours on no weekday", { hours: [{ ...hours, days: [] }] }, "hours[0].days"],
    ["hours on an eighth weekday", { hours: [{ ...hours, days: [7] }] }, "hours[0].days"],
    [
      "hours in a zone that is none",
      { hours: [{ ...hours, zone: { iana: "Mars/Olympus" } }] },
      "hours[0].zone",
    ],
    ["hours of an unknown channel", { hours: [{ ...hours, channel: "fax" }] }, "hours[0].channel"],
    ["a cap of nothing", { caps: [{ ...cap, max: 0 }] }, "caps[0].max"],
    ["a cap of half a message", { caps: [{ ...cap, max: 2.5 }] }, "caps[0].max"],
    ["a cap over no period", { caps: [{ ...cap, periodMs: Number.NaN }] }, "caps[0].periodMs"],
    ["a cap of an unknown channel", { caps: [{ ...cap, channel: "fax" }] }, "caps[0].channel"],
    ["a number without its source", { caps: [{ ...cap, source: "" }] }, "caps[0].source"],
    ["a number without its fact", { caps: [{ ...cap, factId: "" }] }, "caps[0].factId"],
    ["a confidence that is none", { caps: [{ ...cap, confidence: "V9" }] }, "caps[0].confidence"],
    ["a label that is empty", { labels: [{ ...duty, labels: [""] }] }, "labels[0].labels"],
    ["a label for no channel", { labels: [{ ...duty, channels: [] }] }, "labels[0].channels"],
    ["an opt-out by no method", { optOut: [{ ...optOut, methods: [] }] }, "optOut[0].methods"],
    ["a purpose without bases", { bases: { ...vn.bases, survey: undefined } }, "bases.survey: missing"],
    ["a basis that is none", { bases: { ...vn.bases, survey: ["whim"] } }, "bases.survey: unknown whim"],
    ["a list that may be of any age", { doNotCall: { ...vn.doNotCall, maxAgeMs: -1 } }, "doNotCall.maxAgeMs"],
    [
      "a home that is no country",
      { transfer: { ...vn.transfer, homeCountry: "Viet Nam" } },
      "transfer.homeCountry",
    ],
    ["a brandname of no length", { brandname: { ...vn.brandname, lengthMax: 0 } }, "brandname.lengthMax"],
  ])("%s", (_name, change, fault) => {
    expect(() => validateRegime(broken(change))).toThrow(fault);
    expect(() => validateRegime(broken(change))).toThrow(RangeError);
  });

  test("every fault is named at once", () => {
    expect(() => validateRegime(broken({ title: "", caps: [{ ...cap, max: 0 }] }))).toThrow(
      /title: empty; caps\[0\]\.max/,
    );
  });

  test.each([
    ["an unknown channel", { channel: "fax" }, "channel"],
    ["hours that are none", { hours: [{ ...hours, from: "x" }] }, "hours[0]"],
    ["a cap of nothing", { caps: [{ ...cap, max: 0 }] }, "caps[0].max"],
    ["a limit of nothing", { length: { ...viber.length, max: 0 } }, "length.max"],
    ["a limit of an unknown unit", { length: { ...viber.length, unit: "furlong" } }, "length.unit"],
  ])("of a channel: %s", (_name, change, fault) => {
    const policy: ChannelPolicy = Object.assign({}, viber, change);
    expect(() => validateChannelPolicy(policy)).toThrow(fault);
  });

  test("a regime that is missing, unknown or under another's name", () => {
    const { vn: _vn, ...without } = defaultPolicyData.regimes;
    const with_ = (regimes: Record<string, Regime>): PolicyData =>
      Object.assign({}, defaultPolicyData, { regimes });
    expect(() => createEngine({ policyData: with_(without) })).toThrow("regime vn is missing");
    expect(() => createPolicy(with_({ ...defaultPolicyData.regimes, atlantis: vn }))).toThrow(
      "atlantis is unknown",
    );
    expect(() => createPolicy(with_({ ...defaultPolicyData.regimes, eu: vn }))).toThrow(
      "regime eu carries the id vn",
    );
  });

  test("a floor that is no regime, and a channel with two policies", () => {
    const floor: PolicyData = Object.assign({}, defaultPolicyData, { floor: "atlantis" });
    expect(() => createPolicy(floor)).toThrow("floor atlantis is no regime");
    expect(() => createPolicy({ ...defaultPolicyData, channels: [viber, viber] })).toThrow("two policies");
  });
});
