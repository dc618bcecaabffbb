// Optional, by hand: Infobip's own OpenAPI judges our requests and the simulator's answers through Prism.
//   PRISM=<path to prism> INFOBIP_OPENAPI=<folder with infobip-{sms,viber,zalo}.json> npx tsx test/channels/foreign/prism-infobip.ts
import { setTimeout as pause } from "node:timers/promises";
import { createConnector } from "../../../src/channels/create-connector.ts";
import type { RenderedContent } from "../../../src/guard/ports/connector.ts";
import { sandboxCredentials } from "../../../src/sandbox/credentials.ts";
import { startSandbox } from "../../../src/sandbox/start-sandbox.ts";
import { contextOf, handOffOf } from "../connector-context.ts";
import { freePort, runForeign } from "./foreign-tools.ts";

const cases: readonly (readonly [string, RenderedContent])[] = [
  ["sms", { channel: "sms", text: "Mã OTP 686868" }],
  [
    "viber",
    {
      channel: "viber",
      text: "Xin chào",
      imageUrl: "https://a.vn/i.png",
      buttonText: "Xem",
      buttonUrl: "https://a.vn",
    },
  ],
  ["zalo", { channel: "zns", templateId: "322307", tag: 1, data: { name: "An" } }],
];

const sandbox = await startSandbox({ now: () => new Date() });
let failed = false;
for (const [name, content] of cases) {
  const port = await freePort();
  const document = `${process.env["INFOBIP_OPENAPI"] ?? "."}/infobip-${name}.json`;
  const args = [
    "proxy",
    "-h",
    "127.0.0.1",
    "-p",
    String(port),
    "--errors",
    document,
    sandbox.urls.infobip.replace(/\/$/, ""),
  ];
  const prism = runForeign(process.env["PRISM"] ?? "prism", args);
  for (let waited = 0; !prism.output().includes("is listening") && waited < 120; waited += 1)
    await pause(1_000);
  const settings = { ...sandboxCredentials.infobip, url: `http://127.0.0.1:${port}/`, timeoutMs: 30_000 };
  const connector = createConnector("infobip", contextOf(settings));
  const handOff = handOffOf({ content, validUntil: new Date(Date.now() + 3_600_000) });
  const outcomes = await connector.handOff([handOff]);
  const found = await connector.lookUp?.([{ providerKey: handOff.providerKey }]);
  const ok = outcomes[0]?.state === "sent";
  failed ||= !ok;
  console.log(name, ok ? "accepted by the document" : "REFUSED", outcomes, found);
  if (!ok) console.log(prism.output().slice(-2_000));
  await connector.close();
  await prism.stop();
}
await sandbox.stop();
process.exitCode = failed ? 1 : 0;
