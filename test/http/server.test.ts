import { type AddressInfo, connect } from "node:net";
import { afterAll, beforeAll, expect, it } from "vitest";
import { GuardError } from "../../src/domain/guard-error.ts";
import { createHttpServer } from "../../src/http/server.ts";
import { campaign, customerKey, testApi } from "./fake-guard.ts";

const { api } = testApi({ previewCampaign: () => Promise.reject(new GuardError("not_found", "x")) });
const server = createHttpServer(api);
let port = 0;

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  port = (server.address() as AddressInfo).port;
});
afterAll(() => {
  server.close();
  server.closeAllConnections();
});

function raw(text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1");
    let received = "";
    socket.on("data", (chunk) => {
      received += chunk.toString();
    });
    socket.once("error", reject);
    socket.once("close", () => resolve(received));
    socket.write(text);
  });
}

it("answers as Express does, request after request on one connection", async () => {
  for (let index = 0; index < 3; index += 1) {
    const res = await fetch(`http://127.0.0.1:${port}/v1/campaigns/preview`, {
      method: "POST",
      headers: {
        Authorization: `Bearer ${customerKey}`,
        "Content-Type": "application/json",
        "Accept-Language": "vi",
      },
      body: JSON.stringify(campaign),
    });
    expect([res.status, ((await res.json()) as { title: string }).title]).toEqual([404, "Không tìm thấy"]);
  }
});

it("refuses what is not HTTP, heads without end and smuggled framing, and goes on", async () => {
  expect(await raw("nonsense\r\n\r\n")).toMatch(/^HTTP\/1\.1 400 /);
  const long = `GET /healthz HTTP/1.1\r\nHost: a\r\nX: ${"a".repeat(40_000)}\r\n\r\n`;
  expect(await raw(long)).toMatch(/^HTTP\/1\.1 431 /);
  const smuggled =
    "POST /v1/campaigns HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n";
  expect(await raw(smuggled)).toMatch(/^HTTP\/1\.1 400 /);
  expect((await fetch(`http://127.0.0.1:${port}/healthz`)).status).toBe(200);
});
