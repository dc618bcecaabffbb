import { Webhook } from "standardwebhooks";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { signWebhook } from "../../src/webhooks/sign-webhook.ts";
import { createWebhookSender } from "../../src/webhooks/webhook-sender.ts";
import { type Receiver, startReceiver } from "./receiver.ts";

const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const other = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
const call = (url: string) => ({
  url,
  id: "0199-event",
  at: new Date(),
  body: JSON.stringify({ type: "campaign.decided", timestamp: "2026-11-24T03:00:00Z", data: { n: 1 } }),
  secrets: [secret],
});

let receiver: Receiver;
beforeEach(async () => {
  receiver = await startReceiver();
});
afterEach(() => receiver.close());

describe("the signature", () => {
  it("is that of the example in the Standard Webhooks specification's reference libraries", () => {
    // From standard-webhooks/libraries: id, timestamp, payload and secret with their expected signature.
    const headers = signWebhook({
      id: "msg_p5jXN8AQM9LWM0D4loKWxJek",
      at: new Date(1_614_265_330_000),
      body: '{"test": 2432232314}',
      secrets: [secret],
    });
    expect(headers).toEqual({
      "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
      "webhook-timestamp": "1614265330",
      "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    });
  });

  it("is accepted by a foreign verifier, and not under another secret", async () => {
    const sender = createWebhookSender({ loopback: true });
    expect(await sender.send(call(receiver.url))).toEqual({ delivered: true, gone: false, code: "204" });
    const [got] = receiver.received;
    if (got === undefined) throw new Error("nothing came");
    expect(new Webhook(secret).verify(got.body, got.headers)).toMatchObject({ type: "campaign.decided" });
    expect(() => new Webhook(other).verify(got.body, got.headers)).toThrow();
    expect(() => new Webhook(secret).verify(`${got.body} `, got.headers)).toThrow();
  });

  it("is accepted under either secret while a rotation is under way", async () => {
    const sender = createWebhookSender({ loopback: true });
    await sender.send({ ...call(receiver.url), secrets: [other, secret] });
    const [got] = receiver.received;
    if (got === undefined) throw new Error("nothing came");
    for (const each of [secret, other]) new Webhook(each).verify(got.body, got.headers);
  });
});

describe("what is not reached", () => {
  it.each([
    "http://example.com/",
    "https://127.0.0.1/",
    "https://[::1]/",
    "https://10.0.0.1/",
    "https://169.254.169.254/latest/meta-data",
    "https://0x7f.1/",
    "https://2130706433/",
    "https://localhost/",
    "https://printer.local/",
    "https://metadata.google.internal/",
    "https://user:word@example.com/",
    "ftp://example.com/",
    "no address",
  ])("%s, by its form", (url) => {
    expect(createWebhookSender({ loopback: false }).faultOf(url)).not.toBeNull();
  });

  it("a name of which any address is private", async () => {
    let asked = 0;
    const sender = createWebhookSender({
      loopback: false,
      resolve: async () => {
        asked++;
        return ["93.184.216.34", "10.0.0.7"];
      },
    });
    expect(sender.faultOf("https://hooks.example.com/")).toBeNull();
    expect(await sender.send(call("https://hooks.example.com/"))).toMatchObject({ code: "address_refused" });
    expect(asked).toBe(1);
  });

  it("another address than the one that was looked at", async () => {
    // The name means the receiver at the first look and nothing ever again: a second look would fail.
    let looks = 0;
    const sender = createWebhookSender({
      loopback: true,
      resolve: async () => {
        looks++;
        if (looks > 1) throw new Error("looked twice");
        return ["127.0.0.1"];
      },
    });
    expect((await sender.send(call(`http://localhost:${receiver.port}/hook`))).delivered).toBe(true);
    expect(looks).toBe(1);
    expect(receiver.received[0]?.headers["host"]).toBe(`localhost:${receiver.port}`);
  });

  it("where a redirect points", async () => {
    const target = await startReceiver();
    receiver.answerWith((_req, res) => void res.writeHead(307, { Location: target.url }).end());
    const reply = await createWebhookSender({ loopback: true }).send(call(receiver.url));
    expect(reply).toEqual({ delivered: false, gone: false, code: "307" });
    expect(target.received).toHaveLength(0);
    await target.close();
  });
});

describe("an endpoint that does not behave", () => {
  it("is given up at the time limit, whether it is silent or drips", async () => {
    const sender = createWebhookSender({ loopback: true, timeoutMs: 150 });
    receiver.answerWith(() => undefined);
    expect(await sender.send(call(receiver.url))).toMatchObject({ delivered: false, code: "timeout" });
    receiver.answerWith((_req, res) => {
      const dripping = setInterval(() => res.write("."), 20);
      res.on("close", () => clearInterval(dripping));
    });
    expect(await sender.send(call(receiver.url))).toMatchObject({ delivered: false, code: "timeout" });
  });

  it("is not read without end", async () => {
    receiver.answerWith((_req, res) => {
      res.writeHead(200);
      const more = (): void => {
        while (!res.destroyed && res.write("x".repeat(16_384)));
        if (!res.destroyed) res.once("drain", more);
      };
      more();
    });
    const sender = createWebhookSender({ loopback: true, timeoutMs: 30_000 });
    expect(await sender.send(call(receiver.url))).toMatchObject({ delivered: true, code: "200" });
  });

  it("says by 410 that it wants no more, and by silence on the port that nobody is there", async () => {
    receiver.answerWith((_req, res) => void res.writeHead(410).end());
    const sender = createWebhookSender({ loopback: true });
    expect(await sender.send(call(receiver.url))).toEqual({ delivered: false, gone: true, code: "410" });
    const closed = await startReceiver();
    await closed.close();
    expect(await sender.send(call(closed.url))).toMatchObject({ code: "connection_refused" });
  });
});
