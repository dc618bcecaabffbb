import { randomInt } from "node:crypto";
import { sandboxCredentials } from "./credentials.ts";
import { parseBody, textOf } from "./request-body.ts";
import { json, type SandboxWorld, type SimulatedAnswer, type Simulator } from "./sandbox-world.ts";
import { type Scenario, scenarioOf } from "./scenario.ts";
import { answerFor, followUp, takes } from "./scenario-answer.ts";

const refusals: Readonly<Record<NonNullable<Scenario["refusal"]>, number>> = {
  opted_out: 8,
  opted_out_of_type: 8,
  unreachable: 9,
  quota: 14,
  night: 1,
  account: 14,
  content: 5,
  transient: 1,
  token: 11,
};

const plainTypes = new Set([7, 8, 9, 107, 108, 109]);
const trackedTypes = new Set([
  206, 207, 208, 209, 210, 220, 225, 230, 231, 232, 233, 306, 307, 801, 802, 901,
]);
const otherTypes = new Set([6, 106, 1701, 1702, 221, 222, 223, 224]);

/** Viber's own service: always HTTP 200, the outcome is `status`; callbacks are unsigned. */
export function createViberSimulator(world: SandboxWorld): Simulator {
  return ({ method, path, body }) => {
    if (method !== "POST" || path !== "vibersrvc/1/send_message") return json({ status: 3 });
    const fields = parseBody(body);
    const message: Readonly<Record<string, unknown>> =
      typeof fields["message"] === "object" && fields["message"] !== null ? { ...fields["message"] } : {};
    const phone = textOf(fields["dest"]);
    const key = textOf(message["#tracking_data"]);
    const text = textOf(message["#txt"]);
    const seq = typeof fields["seq"] === "number" ? fields["seq"] : 0;
    const note = (outcome: string, reference = ""): void =>
      world.record({ provider: "viber", key, reference, phone, text, outcome });
    const refuse = (status: number): SimulatedAnswer => {
      note(String(status));
      return json({ seq, status });
    };
    const fault = faultOf(fields, message, phone, text, key);
    if (fault !== undefined) return refuse(fault);
    const scenario = scenarioOf(phone);
    if (scenario.refusal !== undefined) return refuse(refusals[scenario.refusal]);
    if (!takes(scenario)) {
      note(scenario.call);
      return answerFor(scenario, json({ seq, status: 1 }), world);
    }
    const token = `53${randomInt(1e9, 9e9)}${randomInt(1e6, 9e6)}`;
    note("accepted", token);
    const callBack = (status: number): void => {
      const address = world.callbacks.viber;
      if (address === undefined) return;
      world.callBack({
        method: "POST",
        url: `${address.baseUrl}/receipts/${address.secret}`,
        headers: { "content-type": "application/json" },
        body: JSON.stringify({
          message_token: token,
          message_status: status,
          message_time: world.now().getTime(),
          phone_number: phone,
          service_id: sandboxCredentials.viber.serviceId,
        }),
      });
    };
    followUp(scenario, world, {
      receipt: (state) => callBack(state === "delivered" ? 0 : 2),
      // One-way messages cannot be answered; whoever wants out unsubscribes.
      reply: () => undefined,
      unsubscribe: () => callBack(5),
    });
    return answerFor(scenario, json({ seq, status: 0, message_token: token }), world);
  };
}

/** Viber's own checks, in its numbers. */
function faultOf(
  fields: Readonly<Record<string, unknown>>,
  message: Readonly<Record<string, unknown>>,
  phone: string,
  text: string,
  key: string,
): number | undefined {
  const { service_id: serviceId, seq, type, label, ttl } = fields;
  if (!Number.isInteger(serviceId) || serviceId === 0) return 2;
  if (!Number.isInteger(seq)) return 3;
  if (typeof type !== "number" || !(plainTypes.has(type) || trackedTypes.has(type) || otherTypes.has(type)))
    return 4;
  if (plainTypes.has(type) ? key !== "" : trackedTypes.has(type) && key === "") return 6;
  if (label !== "promotion" && label !== "transaction") return 18;
  if (type === 225 && label !== "promotion") return 18;
  if (typeof ttl !== "number" || ttl < 30 || ttl > 1_209_600) return 20;
  if (!/^\d{10,15}$/.test(phone)) return 27;
  if (Array.from(text).length > 1_000 || Array.from(textOf(message["#caption"])).length > 30) return 5;
  return text === "" && message["#img"] === undefined ? 5 : undefined;
}
