import { createHash, randomUUID } from "node:crypto";
import { boundedMap } from "./bounded-map.ts";
import { parseBody, textOf } from "./request-body.ts";
import { json, type SandboxWorld, type SimulatedAnswer, type Simulator } from "./sandbox-world.ts";
import { type Scenario, scenarioOf } from "./scenario.ts";
import { answerFor, followUp, takes } from "./scenario-answer.ts";

type Sent = {
  readonly phones: readonly string[];
  readonly requestId: string;
  readonly typeId: "1" | "2";
  readonly callbackUrl: string;
  readonly secretKey: string;
};

const refusals: Readonly<Record<NonNullable<Scenario["refusal"]>, string>> = {
  opted_out: "99",
  opted_out_of_type: "99",
  unreachable: "108",
  quota: "103",
  night: "160",
  account: "103",
  content: "146",
  transient: "160",
  token: "101",
};

/** eSMS: care (one number a call), advertising (30..5,000 distinct numbers a call), status queries, callbacks. */
export function createEsmsSimulator(world: SandboxWorld): Simulator {
  const sent = boundedMap<Sent>(200_000);
  const seen = boundedMap<string>(200_000);

  const accept = (message: Sent): string => {
    const smsId = `${randomUUID().replaceAll("-", "")}${message.phones.length}`;
    sent.set(smsId, message);
    if (message.requestId !== "") seen.set(dayKey(message.requestId, world.now()), smsId);
    return smsId;
  };

  const care: Simulator = ({ body }) => {
    const fields = parseBody(body);
    const phone = textOf(fields["Phone"]);
    const text = textOf(fields["Content"]);
    const requestId = textOf(fields["RequestId"]);
    const refuse = (code: string, more: object = {}): SimulatedAnswer => {
      world.record({ provider: "esms", key: requestId, reference: "", phone, text, outcome: code });
      return result(code, more);
    };
    if (textOf(fields["ApiKey"]) === "" || textOf(fields["ApiKey"]).startsWith("bad")) return refuse("101");
    if (Array.isArray(fields["Phone"]) || phone.includes(",")) return refuse("163");
    if (!/^(0|84|\+84)\d{9}$/.test(phone)) return refuse("108");
    if (!["2", "8"].includes(textOf(fields["SmsType"]))) return refuse("118");
    if (textOf(fields["Brandname"]) === "") return refuse("104");
    if (text === "" || requestId.length > 50) return refuse("110");
    // With IsUnicode "0" accented letters would be lost on the way: told here rather than garbled there.
    if (textOf(fields["IsUnicode"]) !== "1" && /\P{ASCII}/u.test(text)) return refuse("110");
    if (requestId !== "" && seen.get(dayKey(requestId, world.now())) !== undefined) {
      world.record({ provider: "esms", key: requestId, reference: "", phone, text, outcome: "duplicate" });
      return json({
        CodeResult: "124",
        CountRegenerate: 0,
        ErrorMessage: "Request exist 1",
        SendStatus: "5",
      });
    }
    const scenario = scenarioOf(phone);
    if (scenario.refusal !== undefined) return refuse(refusals[scenario.refusal]);
    if (!takes(scenario)) {
      return answerFor(scenario, refuse(scenario.call), world);
    }
    const message: Sent = {
      phones: [phone],
      requestId,
      typeId: "2",
      callbackUrl: textOf(fields["CallbackUrl"]),
      secretKey: textOf(fields["SecretKey"]),
    };
    const smsId = accept(message);
    world.record({ provider: "esms", key: requestId, reference: smsId, phone, text, outcome: "accepted" });
    follow(world, smsId, message);
    return answerFor(scenario, json({ CodeResult: "100", CountRegenerate: 0, SMSID: smsId }), world);
  };

  const advertising: Simulator = ({ body }) => {
    const fields = parseBody(body);
    const given = Array.isArray(fields["Phones"]) ? fields["Phones"].map(textOf) : [];
    const phones = [...new Set(given)];
    const text = textOf(fields["Content"]);
    const key = textOf(fields["RequestId"]);
    const note = (outcome: string, reference = ""): void => {
      for (const phone of phones) world.record({ provider: "esms", key, reference, phone, text, outcome });
    };
    const refuse = (code: string): SimulatedAnswer => {
      note(code);
      return result(code);
    };
    if (textOf(fields["ApiKey"]) === "" || textOf(fields["ApiKey"]).startsWith("bad")) return refuse("101");
    if (textOf(fields["SmsType"]) !== "1") return refuse("118");
    if (textOf(fields["Brandname"]) === "") return refuse("104");
    if (text === "") return refuse("110");
    if (phones.length < 30) return refuse("107");
    if (phones.length > 5_000) return refuse("120");
    if (key !== "" && seen.get(dayKey(key, world.now())) !== undefined) {
      note("duplicate");
      return json({ CodeResult: "124", CountRegenerate: 0, ErrorMessage: "Request exist 1" });
    }
    // One answer for all: the first number with a say in the call decides it.
    const scenario = phones.map(scenarioOf).find(({ call }) => call !== "accepted") ?? scenarioOf("");
    if (scenario.refusal !== undefined) return refuse(refusals[scenario.refusal]);
    if (!takes(scenario)) return answerFor(scenario, refuse(scenario.call), world);
    const message: Sent = {
      phones,
      requestId: key,
      typeId: "1",
      callbackUrl: textOf(fields["CallbackUrl"]),
      secretKey: textOf(fields["SecretKey"]),
    };
    const smsId = accept(message);
    note("accepted", smsId);
    follow(world, smsId, message);
    return answerFor(scenario, json({ CodeResult: "100", CountRegenerate: 0, SMSID: smsId }), world);
  };

  const status: Simulator = ({ query }) => {
    const smsId = query.get("RefId") ?? "";
    const message = sent.get(smsId);
    if (message === undefined) return json({ CodeResponse: "105", SMSID: smsId });
    return json({ CodeResponse: "100", ...totals(smsId, message), TotalPrice: 850 * message.phones.length });
  };

  const receivers: Simulator = ({ query }) => {
    const message = sent.get(query.get("RefId") ?? "");
    if (message === undefined) return json({ CodeResult: "105" });
    const list = message.phones.map((phone) => ({
      IsSent: true,
      NetworkName: "Viettel",
      Phone: phone,
      Retry: 0,
      SentResult: arrives(phone),
    }));
    return json({ CodeResult: "100", ReceiverList: list });
  };

  const routes: Readonly<Record<string, Simulator>> = {
    "POST MainService.svc/json/SendMultipleMessage_V4_post_json/": care,
    "POST MainService.svc/json/SendMultipleSMSBrandname_json/": advertising,
    "GET MainService.svc/json/GetSendStatus": status,
    "GET MainService.svc/json/GetSmsReceiverStatus_get": receivers,
  };
  return (request) => {
    const route = routes[`${request.method} ${request.path}`];
    return route === undefined ? json({ error: "Invalid request" }, 404) : route(request);
  };
}

function follow(world: SandboxWorld, smsId: string, message: Sent): void {
  const query = (more: Record<string, string>): string =>
    new URLSearchParams({ ...stringValues(totals(smsId, message)), ...more }).toString();
  const together = message.typeId === "1";
  const [onlyPhone] = message.phones;
  if (message.callbackUrl !== "" && together) {
    const callback = query({ TotalPrice: "0.0000", RequestId: message.requestId, TypeId: "1" });
    world.later(20, () => world.callBack({ method: "GET", url: `${message.callbackUrl}?${callback}` }));
  }
  for (const phone of message.phones) {
    followUp(scenarioOf(phone), world, {
      receipt(state) {
        if (together || message.callbackUrl === "" || onlyPhone === undefined) return;
        const one = {
          SendSuccess: state === "delivered" ? "1" : "0",
          SendFailed: state === "delivered" ? "0" : "1",
        };
        const rest = {
          TotalPrice: "850.0000",
          RequestId: message.requestId,
          TypeId: "2",
          telcoid: "1",
          phonenumber: phone,
        };
        world.callBack({ method: "GET", url: `${message.callbackUrl}?${query({ ...one, ...rest })}` });
      },
      reply: (text) => sendMessage(world, phone, text, message.secretKey),
      unsubscribe: () => sendMessage(world, phone, "TC", message.secretKey),
    });
  }
}

/** A message from a subscriber, signed as eSMS signs it: base64(md5(cpid + smsid + content + time + key)). */
function sendMessage(world: SandboxWorld, phone: string, content: string, privateKey: string): void {
  const address = world.callbacks.esms;
  if (address === undefined) return;
  const cpid = "sandbox";
  const smsid = randomUUID();
  const receiverTime = vietnamClock(world.now());
  const sign = createHash("md5")
    .update(`${cpid}${smsid}${content}${receiverTime}${privateKey}`)
    .digest("base64");
  const query = new URLSearchParams({
    sender: phone.replace(/^0/, "84"),
    content,
    serviceNumber: "8079",
    keyword: content.split(" ")[0] ?? "",
    sign,
    cpid,
    smsid,
    receiverTime,
  });
  world.callBack({ method: "GET", url: `${address.baseUrl}/messages/${address.secret}?${query.toString()}` });
}

function totals(smsId: string, message: Sent) {
  const success = message.phones.filter(arrives).length;
  return {
    SMSID: smsId,
    SendFailed: message.phones.length - success,
    SendStatus: 5,
    SendSuccess: success,
    TotalReceiver: message.phones.length,
    TotalSent: message.phones.length,
  };
}

function arrives(phone: string): boolean {
  return !["failed", "expired"].includes(scenarioOf(phone).receipt);
}

function stringValues(record: Readonly<Record<string, string | number>>): Record<string, string> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, String(value)]));
}

function result(code: string, more: object = {}): SimulatedAnswer {
  // A mismatched care template is refused with an id of its own, as on the real wire.
  const smsId = code === "146" ? { SMSID: `${randomUUID().replaceAll("-", "")}1` } : {};
  return json({
    CodeResult: code,
    CountRegenerate: 0,
    ErrorMessage: "refused by the sandbox",
    ...smsId,
    ...more,
  });
}

function dayKey(requestId: string, now: Date): string {
  return `${vietnamClock(now).slice(0, 8)}:${requestId}`;
}

/** yyyyMMddHHmmss in Viet Nam. */
function vietnamClock(now: Date): string {
  return new Date(now.getTime() + 7 * 3_600_000).toISOString().replace(/\D/g, "").slice(0, 14);
}
