import { describe, expect, it } from "vitest";
import { readConfig } from "../../src/config.ts";

const endpoint = { OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:4318" };

describe("traces are sent", () => {
  it.each([
    ["never without an address", {}, "off"],
    ["once there is an address", endpoint, "send"],
    [
      "to an address for traces alone",
      { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "https://o.example/v1/traces" },
      "send",
    ],
    ["to the default address, if told so", { OTEL_TRACES_EXPORTER: "otlp" }, "send"],
    ["not when switched off", { ...endpoint, OTEL_TRACES_EXPORTER: "none" }, "off"],
    ["not when OpenTelemetry is switched off", { ...endpoint, OTEL_SDK_DISABLED: "true" }, "off"],
  ])("%s", (_, env, traces) => {
    expect(readConfig(env).traces).toBe(traces);
  });

  it.each([
    ["OTEL_EXPORTER_OTLP_PROTOCOL", { ...endpoint, OTEL_EXPORTER_OTLP_PROTOCOL: "grpc" }],
    ["OTEL_TRACES_EXPORTER", { ...endpoint, OTEL_TRACES_EXPORTER: "zipkin" }],
    ["OTEL_EXPORTER_OTLP_ENDPOINT", { OTEL_EXPORTER_OTLP_ENDPOINT: "collector:4317" }],
  ])("a wrong %s stops the start", (name, env) => {
    expect(() => readConfig(env)).toThrow(name);
  });
});
