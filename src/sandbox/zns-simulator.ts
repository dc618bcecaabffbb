import { createHash, randomUUID } from "node:crypto";
import { boundedMap } from "./bounded-map.ts";
import { sandboxCredentials } from "./credentials.ts";
import { parseBody, textOf } from "./request-body.ts";
import { json, type SandboxWorld, type SimulatedAnswer, type Simulator } from "./sandbox-world.ts";
import { type Scenario, scenarioOf } from "./scenario.ts";
import { answerFor, followUp, takes } from "./scenario-answer.ts";

const refusals: Readonly<Record<NonNullable<Scenario["refusal"]>, number>> = {
  opted_out: -141,
  opted_out_of_type: -139,
  unreachable: -118,
  quota: -144,
  night: -133,
  account: -115,
  content: -132,
  transient: -100,
  token: -124,
};

/** Templates whose tag or status is not the usual one (TRANSACTION, ENABLE). */
const oddTemplates: Readonly<Record<string, { readonly tag: string; readonly status: string }>> = {
  "900002": { tag: "CUSTOMER_CARE", status: "ENABLE" },
  "900003": { tag: "PROMOTION", status: "ENABLE" },
  "900004": { tag: "TRANSACTION", status: "DISABLE" },
};

const accessLifeS = 90_000;
const quotaPerDay = 500_000;

/** Zalo: template messages, their status, quota and templates, and the OAuth host with its single-use tokens. */
export function createZnsSimulator(world: SandboxWorld): {
  readonly api: Simulator;
  readonly oauth: Simulator;
} {
  const validUntil = boundedMap<number>(1_000);
  const usedRefreshTokens = boundedMap<true>(10_000);
  const statuses = boundedMap<-1 | 0 | 1>(200_000);
  const interrupted = boundedMap<true>(10_000);
  let sentToday = 0;
  let today = "";

  const isValid = (token: string | undefined): boolean =>
    token !== undefined && (validUntil.get(token) ?? 0) > world.now().getTime();
  const failure = (error: number): SimulatedAnswer =>
    json({ error, message: "refused by the sandbox", data: null });

  const send: Simulator = ({ headers, body }) => {
    const fields = parseBody(body);
    const phone = textOf(fields["phone"]);
    const key = textOf(fields["tracking_id"]);
    const text = JSON.stringify(fields["template_data"] ?? null);
    const note = (outcome: string, reference = ""): void =>
      world.record({ provider: "zns", key, reference, phone, text, outcome });
    const refuse = (error: number): SimulatedAnswer => {
      note(String(error));
      return failure(error);
    };
    if (!isValid(headers["access_token"])) return refuse(-124);
    if (!/^(\+?84)\d{9}$/.test(phone)) return refuse(-108);
    const templateId = textOf(fields["template_id"]);
    if (!/^[\w-]{1,64}$/.test(templateId)) return refuse(-109);
    if (oddTemplates[templateId]?.status === "DISABLE") return refuse(-131);
    if (typeof fields["template_data"] !== "object" || fields["template_data"] === null) return refuse(-111);
    if (key.length > 48) return refuse(-132);
    const scenario = scenarioOf(phone);
    if (scenario.refusal === "token") {
      // The token dies with the first try at a message; with a new one the second is accepted.
      if (interrupted.get(key) === undefined) {
        interrupted.set(key, true);
        validUntil.set(headers["access_token"] ?? "", 0);
        return refuse(-124);
      }
    } else if (scenario.refusal !== undefined) return refuse(refusals[scenario.refusal]);
    if (!takes(scenario) && scenario.refusal === undefined) {
      note(scenario.call);
      return answerFor(scenario, failure(-100), world);
    }
    const day = new Date(world.now().getTime() + 7 * 3_600_000).toISOString().slice(0, 10);
    sentToday = day === today ? sentToday + 1 : 1;
    today = day;
    if (sentToday > quotaPerDay) return refuse(-144);
    const msgId = randomUUID().replaceAll("-", "").slice(0, 20);
    statuses.set(msgId, 0);
    note("accepted", msgId);
    follow(world, { msgId, phone, key }, scenario, statuses);
    const sentTime = String(world.now().getTime());
    const quota = { dailyQuota: String(quotaPerDay), remainingQuota: String(quotaPerDay - sentToday) };
    const data = { msg_id: msgId, sent_time: sentTime, sending_mode: "1", quota };
    return answerFor(scenario, json({ error: 0, message: "Success", data }), world);
  };

  const template: Simulator = ({ query }) => {
    const templateId = query.get("template_id") ?? "";
    const { tag, status } = oddTemplates[templateId] ?? { tag: "TRANSACTION", status: "ENABLE" };
    const data = {
      templateId,
      templateName: "sandbox",
      status,
      listParams: [],
      listButtons: [],
      timeout: 7_200_000,
      templateTag: tag,
    };
    return json({ error: 0, message: "Success", data });
  };
  const messageStatus: Simulator = ({ query }) => {
    const status = statuses.get(query.get("message_id") ?? "") ?? -1;
    return json({ error: 0, message: "Success", data: { delivery_time: null, message: "", status } });
  };
  const quota: Simulator = () =>
    json({
      error: 0,
      message: "Success",
      data: { dailyQuota: quotaPerDay, remainingQuota: quotaPerDay - sentToday, monthlyPromotionQuota: null },
    });

  const routes: Readonly<Record<string, Simulator>> = {
    "POST message/template": send,
    "GET message/status": messageStatus,
    "GET message/quota": quota,
    "GET template/info/v2": template,
  };

  return {
    api(request) {
      const route = routes[`${request.method} ${request.path}`];
      if (route === undefined) return failure(-106);
      if (request.method === "GET" && !isValid(request.headers["access_token"])) return failure(-124);
      return route(request);
    },
    oauth({ method, path, headers, body }) {
      if (method !== "POST" || path !== "v4/oa/access_token")
        return json({ error: -14_000, error_name: "not found" }, 404);
      const form = new URLSearchParams(body);
      const refuse = (error: number, name: string): SimulatedAnswer =>
        json({ error, error_name: name, error_reason: "sandbox", ref_doc: "", error_description: name });
      if ((headers["secret_key"] ?? "") === "") return refuse(-14_004, "Invalid secret key");
      if ((form.get("app_id") ?? "") === "") return refuse(-14_002, "Invalid appId");
      const token = form.get("refresh_token") ?? "";
      // Zalo publishes no code for this one; its callers go by error_name.
      if (token === "" || usedRefreshTokens.get(token) === true)
        return refuse(-14_014, "Invalid refresh token");
      usedRefreshTokens.set(token, true);
      const accessToken = randomUUID();
      validUntil.set(accessToken, world.now().getTime() + accessLifeS * 1000);
      return json({
        access_token: accessToken,
        refresh_token: randomUUID(),
        expires_in: String(accessLifeS),
      });
    },
  };
}

function follow(
  world: SandboxWorld,
  message: { readonly msgId: string; readonly phone: string; readonly key: string },
  scenario: Scenario,
  statuses: { set(key: string, value: -1 | 0 | 1): void },
): void {
  followUp(scenario, world, {
    receipt(state) {
      // Zalo reports deliveries only; what failed is just never reported.
      if (state !== "delivered") return;
      statuses.set(message.msgId, 1);
      const { appId, oaId } = sandboxCredentials.zns;
      webhook(world, {
        event_name: "user_received_message",
        app_id: appId,
        sender: { id: oaId },
        recipient: { id: message.phone.replace(/^\+/, "") },
        message: {
          delivery_time: String(world.now().getTime()),
          msg_id: message.msgId,
          tracking_id: message.key,
        },
        timestamp: String(world.now().getTime()),
      });
    },
    reply: (text) => userEvent(world, "user_send_text", { message: { text } }),
    unsubscribe: () =>
      userEvent(world, "unfollow", { follower: { id: "3122150683430" }, source: "oa_profile" }),
  });
}

function userEvent(world: SandboxWorld, name: string, more: object): void {
  const { appId, oaId } = sandboxCredentials.zns;
  const timestamp = String(world.now().getTime());
  webhook(world, {
    event_name: name,
    app_id: appId,
    oa_id: oaId,
    sender: { id: "3122150683430" },
    ...more,
    timestamp,
  });
}

/** Signed as Zalo signs it: SHA-256 over app id, raw body, the body's timestamp and the OA's secret. */
function webhook(
  world: SandboxWorld,
  event: Readonly<Record<string, unknown>> & { readonly timestamp: string },
): void {
  const address = world.callbacks.zns;
  if (address === undefined) return;
  const { appId, oaSecret } = sandboxCredentials.zns;
  const body = JSON.stringify(event);
  const mac = createHash("sha256").update(`${appId}${body}${event.timestamp}${oaSecret}`).digest("hex");
  world.callBack({
    method: "POST",
    url: `${address.baseUrl}/receipts`,
    headers: {
      "content-type": "application/json",
      "x-zevent-signature": `mac=${mac}`,
      "x-zevent-server": "ZNS",
    },
    body,
  });
}
