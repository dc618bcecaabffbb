import { existsSync, readFileSync } from "node:fs";
import { Registry } from "prom-client";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import type { World } from "../../src/guard/world.ts";
import { createMeters } from "../../src/meters.ts";
import { createMetrics } from "../../src/metrics.ts";

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");
type Rule = {
  readonly alert: string;
  readonly expr: string;
  readonly annotations: { readonly runbook: string };
};
const rules = (parse(read("ops/prometheus/alerts.yml")) as { groups: { rules: Rule[] }[] }).groups.flatMap(
  (group) => group.rules,
);
const dashboard = JSON.parse(read("ops/grafana/subscriber-guard.json")) as {
  panels: { targets: { expr: string }[] }[];
};
const expressions = [
  ...rules.map((rule) => rule.expr),
  ...dashboard.panels.flatMap((panel) => panel.targets.map((target) => target.expr)),
];

describe("alerts and dashboard", () => {
  it("name only metrics that /metrics gives", async () => {
    const registry = new Registry();
    createMeters(registry);
    createMetrics({} as World, registry);
    const given = new Set((await registry.getMetricsAsArray()).map((metric) => metric.name));
    const named = expressions.flatMap((text) => text.match(/subscriber_guard_[a-z_]+/g) ?? []);
    expect(named.length).toBeGreaterThan(15);
    const missing = named.filter((name) => !given.has(name.replace(/_(bucket|count|sum)$/, "")));
    expect(missing).toEqual([]);
  });

  it("close every bracket of their expressions", () => {
    for (const text of expressions)
      for (const [open = "", close = ""] of [
        ["(", ")"],
        ["[", "]"],
        ["{", "}"],
      ])
        expect(text.split(open).length, text).toBe(text.split(close).length);
  });

  it("point to a section of the operator's page", () => {
    for (const { alert, annotations } of rules) {
      const [page = "", anchor = ""] = annotations.runbook.split("#");
      expect(existsSync(new URL(`../../${page}`, import.meta.url)), alert).toBe(true);
      expect(read(page).toLowerCase(), alert).toContain(`## ${anchor}`);
      expect(read(page), alert).toContain(`\`${alert}\``);
    }
  });
});
