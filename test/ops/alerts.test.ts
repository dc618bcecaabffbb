import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parser } from "@prometheus-io/lezer-promql";
import { Registry } from "prom-client";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import type { World } from "../../src/guard/world.ts";
import { createMeters } from "../../src/meters.ts";
import { createMetrics } from "../../src/metrics.ts";
import { foreignTool } from "../channels/foreign/foreign-tools.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const read = (path: string): string => readFileSync(`${root}${path}`, "utf8");
type Rule = {
  readonly alert: string;
  readonly expr: string;
  readonly annotations: { readonly runbook: string };
};
const rules = (parse(read("ops/prometheus/alerts.yml")) as { groups: { rules: Rule[] }[] }).groups.flatMap(
  (group) => group.rules,
);
const dashboard = JSON.parse(read("ops/grafana/subscriber-guard.json")) as {
  panels: { id: number; targets: { expr: string; refId: string }[] }[];
};
const expressions = [
  ...rules.map((rule) => rule.expr),
  ...dashboard.panels.flatMap((panel) => panel.targets.map((target) => target.expr)),
];

/** By Prometheus's own grammar: names of series with the labels that are asked of each, and grouping labels. */
function selectorsOf(expression: string): { series: string; labels: string[] }[] {
  const found: { series: string; labels: string[] }[] = [];
  parser.parse(expression).iterate({
    enter(node) {
      const text = expression.slice(node.from, node.to);
      if (node.type.isError) throw new Error(`not PromQL near ${node.from}: ${expression}`);
      if (node.name === "VectorSelector") {
        const [series = "", labels = ""] = text.split("{", 2);
        found.push({ series: series.trim(), labels: labels.match(/[a-z_]+(?=\s*(=|!))/g) ?? [] });
      }
    },
  });
  const grouping = [...expression.matchAll(/\bby\s*\(([^)]*)\)/g)].flatMap(([, names = ""]) =>
    names.split(",").map((name) => name.trim()),
  );
  return found.map(({ series, labels }) => ({ series, labels: [...labels, ...grouping] }));
}

/** Every series of /metrics, with its labels. */
async function given(): Promise<Map<string, ReadonlySet<string>>> {
  const registry = new Registry();
  createMeters(registry);
  createMetrics({} as World, registry);
  const series = new Map<string, ReadonlySet<string>>();
  for (const { name, type } of await registry.getMetricsAsArray()) {
    const metric = registry.getSingleMetric(name) as unknown as { labelNames: string[] };
    const labels = new Set(metric.labelNames);
    if (String(type) !== "histogram") series.set(name, labels);
    else {
      series.set(`${name}_bucket`, new Set([...labels, "le"]));
      series.set(`${name}_count`, labels);
      series.set(`${name}_sum`, labels);
    }
  }
  return series;
}

describe("alerts and dashboard", () => {
  it("are PromQL, of series and labels that /metrics gives", async () => {
    const series = await given();
    const selectors = expressions.flatMap(selectorsOf);
    expect(selectors.length).toBeGreaterThan(20);
    for (const { series: name, labels } of selectors) {
      expect([...series.keys()]).toContain(name);
      for (const label of labels) expect([...(series.get(name) ?? [])], name).toContain(label);
    }
  });

  it("would notice an expression that is none", () => {
    expect(() => selectorsOf("sum by (rate(x[5m]) > 1")).toThrow("not PromQL");
    expect(() => selectorsOf("rate(x[5m]))")).toThrow("not PromQL");
  });

  it("number each panel and query once", () => {
    const ids = dashboard.panels.map((panel) => panel.id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { targets } of dashboard.panels)
      expect(new Set(targets.map((target) => target.refId)).size).toBe(targets.length);
  });

  it("point to a section of the operator's page", () => {
    for (const { alert, annotations } of rules) {
      const [page = "", anchor = ""] = annotations.runbook.split("#");
      expect(existsSync(`${root}${page}`), alert).toBe(true);
      expect(read(page).toLowerCase(), alert).toContain(`## ${anchor}`);
      expect(read(page), alert).toContain(`\`${alert}\``);
    }
  });

  it("promtool reads the rules, and each alarm rings when it should and not before", () => {
    const promtool = foreignTool("promtool", "test/ops/foreign/install.sh");
    const run = (...args: string[]): string =>
      execFileSync(promtool, args, { cwd: root, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
    expect(run("check", "rules", "ops/prometheus/alerts.yml")).toContain(`${rules.length} rules found`);
    expect(run("test", "rules", "test/ops/alerts.promtool.yml")).toContain("SUCCESS");
    const tried = read("test/ops/alerts.promtool.yml");
    for (const { alert } of rules) expect(tried).toContain(`alertname: ${alert}`);
  });
});
