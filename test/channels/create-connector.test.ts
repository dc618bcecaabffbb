import { expect, test } from "vitest";
import { connectorFaults, createConnector } from "../../src/channels/create-connector.ts";
import { connectorKinds } from "../../src/guard/ports/connector.ts";
import { contextOf } from "./connector-context.ts";

const whole = {
  esms: { apiKey: "k", secretKey: "s" },
  smpp: { host: "127.0.0.1", port: 2775, systemId: "guard", password: "secret" },
  kannel: { url: "http://127.0.0.1:13013/", username: "u", password: "p" },
  zns: { appId: "1", appSecret: "s", oaId: "2", oaSecret: "o", refreshToken: "r" },
  viber: { serviceId: 4242 },
  infobip: { url: "https://x.api.infobip.com", apiKey: "k" },
  "page-webhook": { url: "https://a.vn/hook", secret: `whsec_${Buffer.alloc(32, 7).toString("base64")}` },
} as const;

const codes = (kind: string, settings: Record<string, unknown>) =>
  connectorFaults(kind, settings).map(({ pointer, code }) => `${pointer} ${code}`);

test.each(connectorKinds)("%s: whole settings make a connector that closes", async (kind) => {
  expect(connectorFaults(kind, whole[kind])).toEqual([]);
  const connector = createConnector(kind, contextOf(whole[kind]));
  expect(connector.traits.kind).toBe(kind);
  await connector.close();
});

test.each(connectorKinds)("%s: every missing setting is named at once", (kind) => {
  const missing = codes(kind, {});
  expect(missing.length).toBeGreaterThan(0);
  for (const name of Object.keys(whole[kind]))
    expect(missing.some((fault) => fault.startsWith(`/connector/${name} `))).toBe(true);
});

test.each([
  ["kannel", { ...whole.kannel, url: "http://gateway.example/" }, ["/connector/url https_required"]],
  ["kannel", { ...whole.kannel, url: "http://127.0.0.1.example.com/" }, ["/connector/url https_required"]],
  ["kannel", { ...whole.kannel, url: "ftp://127.0.0.1/" }, ["/connector/url invalid"]],
  ["infobip", { ...whole.infobip, url: "https://user:pass@x.api.infobip.com" }, ["/connector/url invalid"]],
  ["esms", { ...whole.esms, apikey: "k" }, ["/connector/apikey unknown_setting"]],
  ["esms", { ...whole.esms, apiKey: 5 }, ["/connector/apiKey invalid"]],
  ["esms", { ...whole.esms, secretKey: "a\nb" }, ["/connector/secretKey invalid"]],
  ["esms", { ...whole.esms, timeoutMs: 10 }, ["/connector/timeoutMs invalid"]],
  ["smpp", { ...whole.smpp, host: "smsc.example" }, ["/connector/tls tls_required"]],
  ["smpp", { ...whole.smpp, host: "smsc.example", tls: false }, []],
  [
    "smpp",
    { ...whole.smpp, port: 0, password: "longer than eight" },
    ["/connector/port invalid", "/connector/password invalid"],
  ],
  ["page-webhook", { ...whole["page-webhook"], secret: "short" }, ["/connector/secret invalid"]],
  ["viber", { serviceId: "4242" }, []],
  ["zns", { ...whole.zns, appId: 1, oaId: 4242424242424242 }, []],
  ["telex", {}, ["/connector/kind unknown_kind"]],
  ["constructor", {}, ["/connector/kind unknown_kind"]],
])("%s %o", (kind, settings, expected) => {
  expect(codes(kind, settings)).toEqual(expected);
});

test("no fault and no error quotes a secret", () => {
  const settings = { ...whole.esms, apiKey: "top secret\n", secretKey: "x".repeat(5_000) };
  const faults = connectorFaults("esms", settings);
  expect(faults).toHaveLength(2);
  expect(JSON.stringify(faults)).not.toMatch(/top secret|xxxx/);
  expect(() => createConnector("esms", contextOf(settings))).toThrow(
    expect.objectContaining({ code: "invalid_request", errors: faults }),
  );
});
