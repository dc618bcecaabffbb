import { randomUUID } from "node:crypto";
import { boundedMap } from "./bounded-map.ts";
import { parseBody, textOf } from "./request-body.ts";
import { json, type SandboxWorld, type SimulatedAnswer, type Simulator } from "./sandbox-world.ts";
import { type Scenario, scenarioOf } from "./scenario.ts";
import { answerFor, followUp, takes } from "./scenario-answer.ts";

const statuses = {
  pending: { groupId: 1, groupName: "PENDING", id: 26, name: "PENDING_ACCEPTED" },
  delivered: { groupId: 3, groupName: "DELIVERED", id: 5, name: "DELIVERED_TO_HANDSET" },
  failed: { groupId: 2, groupName: "UNDELIVERABLE", id: 9, name: "UNDELIVERABLE_NOT_DELIVERED" },
  expired: { groupId: 4, groupName: "EXPIRED", id: 15, name: "EXPIRED_EXPIRED" },
  duplicate: { groupId: 5, groupName: "REJECTED", id: 23, name: "REJECTED_DUPLICATE_MESSAGE_ID" },
  opted_out: { groupId: 5, groupName: "REJECTED", id: 14, name: "REJECTED_DESTINATION_BLOCKLISTED" },
  opted_out_of_type: { groupId: 5, groupName: "REJECTED", id: 10, name: "REJECTED_DND" },
  unreachable: { groupId: 2, groupName: "UNDELIVERABLE", id: 9, name: "UNDELIVERABLE_NOT_DELIVERED" },
  quota: { groupId: 5, groupName: "REJECTED", id: 20, name: "REJECTED_FLOODING_FILTER" },
  night: { groupId: 5, groupName: "REJECTED", id: 21, name: "REJECTED_SYSTEM_ERROR" },
  account: { groupId: 5, groupName: "REJECTED", id: 12, name: "REJECTED_NOT_ENOUGH_CREDITS" },
  content: { groupId: 5, groupName: "REJECTED", id: 25, name: "REJECTED_MESSAGE_TOO_LONG" },
  transient: { groupId: 5, groupName: "REJECTED", id: 21, name: "REJECTED_SYSTEM_ERROR" },
  token: { groupId: 5, groupName: "REJECTED", id: 19, name: "REJECTED_ROUTE_NOT_AVAILABLE" },
} as const;
type StatusName = keyof typeof statuses;

type Log = {
  readonly messageId: string;
  readonly to: string;
  readonly from: string;
  readonly path: string;
  readonly webhook: string;
  status: StatusName;
};

const sendPaths = new Set(["sms/3/messages", "viber/2/messages", "zalo/2/messages"]);
const logPaths: Readonly<Record<string, string>> = {
  "sms/3/logs": "sms/3/messages",
  "viber/2/logs": "viber/2/messages",
  "zalo/1/logs": "zalo/2/messages",
};

/** Infobip's SMS, Viber and Zalo by its OpenAPI: several messages a call, one status each, logs by message id. */
export function createInfobipSimulator(world: SandboxWorld): Simulator {
  const logs = boundedMap<Log>(200_000);

  function send(path: string, body: string): SimulatedAnswer {
    const fields = parseBody(body);
    const messages = Array.isArray(fields["messages"]) ? fields["messages"].map(objectOf) : [];
    const violations =
      messages.length === 0 ? ["messages"] : messages.flatMap((item, at) => faults(path, item, at));
    if (violations.length > 0) return badRequest(violations);
    const answers: object[] = [];
    let special: Scenario | undefined;
    for (const message of messages) {
      for (const destination of destinationsOf(message)) {
        const { messageId, to } = destination;
        const scenario = scenarioOf(to);
        if (!takes(scenario) && scenario.refusal === undefined) {
          world.record(entry(messageId, to, message, scenario.call, ""));
          return answerFor(scenario, json({}), world);
        }
        if (scenario.call !== "accepted" && scenario.refusal === undefined) special ??= scenario;
        const status = take(path, destination, message, scenario);
        answers.push({ messageId, status: described(status), destination: to });
      }
    }
    const usual = json({ bulkId: randomUUID(), messages: answers });
    return special === undefined ? usual : answerFor(special, usual, world);
  }

  function take(
    path: string,
    { messageId, to }: { readonly messageId: string; readonly to: string },
    message: Readonly<Record<string, unknown>>,
    scenario: Scenario,
  ): StatusName {
    if (logs.get(messageId) !== undefined) {
      world.record(entry(messageId, to, message, "duplicate", messageId));
      return "duplicate";
    }
    if (scenario.refusal !== undefined) {
      world.record(entry(messageId, to, message, statuses[scenario.refusal].name, ""));
      return scenario.refusal;
    }
    const webhook = textOf(objectOf(objectOf(message["webhooks"])["delivery"])["url"]);
    const log: Log = { messageId, to, from: textOf(message["sender"]), path, webhook, status: "pending" };
    logs.set(messageId, log);
    world.record(entry(messageId, to, message, "accepted", messageId));
    followUp(scenario, world, {
      receipt(state) {
        log.status = state;
        report(world, log);
      },
      reply: (text) => inboundMessage(world, log, text),
      unsubscribe: () => inboundMessage(world, log, "STOP"),
    });
    return "pending";
  }

  function search(path: string, query: URLSearchParams): SimulatedAnswer {
    const asked = query.getAll("messageId").flatMap((value) => value.split(","));
    const found = asked
      .map((id) => logs.get(id))
      .filter((log) => log !== undefined && log.path === logPaths[path]);
    const results = found.flatMap((log) =>
      log === undefined
        ? []
        : [{ messageId: log.messageId, destination: log.to, sender: log.from, ...outcome(log.status) }],
    );
    return json({ results });
  }

  return ({ method, path, query, headers, body }) => {
    if (!/^App \S+$/.test(headers["authorization"] ?? "") || headers["authorization"] === "App bad") {
      return json(
        { errorCode: "E401", description: "no valid credentials", action: "", violations: [], resources: [] },
        401,
      );
    }
    if (method === "POST" && sendPaths.has(path)) return send(path, body);
    if (method === "GET" && Object.hasOwn(logPaths, path)) return search(path, query);
    return json(
      { errorCode: "E404", description: "no such resource", action: "", violations: [], resources: [] },
      404,
    );
  };
}

function faults(path: string, message: Readonly<Record<string, unknown>>, at: number): string[] {
  const found: string[] = [];
  const content = objectOf(message["content"]);
  const options = objectOf(message["options"]);
  const destinations = destinationsOf(message);
  if (destinations.length === 0) found.push(`messages[${at}].destinations`);
  for (const { to, messageId } of destinations) {
    if (!/^\d{5,15}$/.test(to)) found.push(`messages[${at}].destinations.to`);
    if (messageId.length > 200) found.push(`messages[${at}].destinations.messageId`);
  }
  if (path !== "sms/3/messages" && textOf(message["sender"]) === "") found.push(`messages[${at}].sender`);
  if (path === "sms/3/messages" && textOf(content["text"]) === "") found.push(`messages[${at}].content.text`);
  if (path === "viber/2/messages") {
    if (!["TEXT", "IMAGE"].includes(textOf(content["type"]))) found.push(`messages[${at}].content.type`);
    if (textOf(content["text"]).length > 1_000) found.push(`messages[${at}].content.text`);
    if (!["PROMOTIONAL", "TRANSACTIONAL"].includes(textOf(options["label"])))
      found.push(`messages[${at}].options.label`);
  }
  if (path === "zalo/2/messages" && !Number.isInteger(content["templateName"])) {
    found.push(`messages[${at}].content.templateName`);
  }
  if (
    options["validityPeriod"] !== undefined &&
    !Number.isInteger(objectOf(options["validityPeriod"])["amount"])
  ) {
    found.push(`messages[${at}].options.validityPeriod.amount`);
  }
  return found;
}

function badRequest(properties: readonly string[]): SimulatedAnswer {
  const violations = properties.map((property) => ({ property, violation: "is not valid" }));
  return json(
    {
      errorCode: "E400",
      description: "Request cannot be processed.",
      action: "Check the violations.",
      violations,
      resources: [],
    },
    400,
  );
}

function report(world: SandboxWorld, log: Log): void {
  const address = world.callbacks.infobip;
  const url =
    log.webhook === "" && address !== undefined
      ? `${address.baseUrl}/receipts/${address.secret}`
      : log.webhook;
  const result = {
    bulkId: randomUUID(),
    messageId: log.messageId,
    to: log.to,
    sender: log.from,
    messageCount: 1,
  };
  post(world, url, { results: [{ ...result, ...outcome(log.status) }] });
}

function inboundMessage(world: SandboxWorld, log: Log, text: string): void {
  const address = world.callbacks.infobip;
  if (address === undefined || log.path === "zalo/2/messages") return;
  const own = { messageId: randomUUID(), to: log.from, receivedAt: world.now().toISOString() };
  const message =
    log.path === "sms/3/messages"
      ? { ...own, from: log.to, text, cleanText: text, keyword: "", smsCount: 1 }
      : { ...own, sender: log.to, integrationType: "VIBER", message: { text, type: "TEXT" } };
  const body = { results: [message], messageCount: 1, pendingMessageCount: 0 };
  post(world, `${address.baseUrl}/messages/${address.secret}`, body);
}

function post(world: SandboxWorld, url: string, body: object): void {
  world.callBack({
    method: "POST",
    url,
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
}

function outcome(status: StatusName): object {
  const ok = status === "delivered" || status === "pending";
  const error = ok
    ? { groupId: 0, groupName: "OK", id: 0, name: "NO_ERROR", permanent: false }
    : { groupId: 1, groupName: "HANDSET_ERRORS", id: 1, name: "EC_UNKNOWN_SUBSCRIBER", permanent: true };
  return { status: described(status), error: { ...error, description: "as simulated" } };
}

function described(status: StatusName): object {
  return { ...statuses[status], description: "as simulated" };
}

function entry(
  key: string,
  to: string,
  message: Readonly<Record<string, unknown>>,
  result: string,
  reference: string,
) {
  const content = objectOf(message["content"]);
  const text =
    content["text"] === undefined ? JSON.stringify(content["templateData"] ?? null) : textOf(content["text"]);
  return { provider: "infobip", key, reference, phone: to, text, outcome: result } as const;
}

function destinationsOf(
  message: Readonly<Record<string, unknown>>,
): readonly { to: string; messageId: string }[] {
  const list = Array.isArray(message["destinations"]) ? message["destinations"] : [];
  return list.map(objectOf).map((item) => ({
    to: textOf(item["to"]),
    messageId: item["messageId"] === undefined ? randomUUID() : textOf(item["messageId"]),
  }));
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value))
    : {};
}
