import { expect, test } from "vitest";
import { defaultPolicyData } from "../../src/rules/policy.ts";
import { canonicalPolicy } from "../../src/rules/policy-digest.ts";
import { vn } from "../../src/rules/regimes/vn.ts";

test("the same policy is the same text, however its members were written down", () => {
  const { channels, floor, regimes } = defaultPolicyData;
  expect(canonicalPolicy({ floor, regimes, channels })).toBe(canonicalPolicy());
});

test("every number is part of it", () => {
  const regimes = {
    ...defaultPolicyData.regimes,
    vn: { ...vn, caps: vn.caps.map((cap) => ({ ...cap, max: 4 })) },
  };
  expect(canonicalPolicy({ ...defaultPolicyData, regimes })).not.toBe(canonicalPolicy());
});

test("rules, regimes and word lists are part of it", () => {
  const text = canonicalPolicy();
  for (const part of [
    '"id":"quiet-hours"',
    '"from":"07:00"',
    '"us.state_hours.RI_weekday"',
    "xổ số",
    "flash sale",
  ]) {
    expect(text).toContain(part);
  }
  expect(JSON.parse(text).rules).toHaveLength(34);
});
