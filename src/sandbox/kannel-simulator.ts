import { randomUUID } from "node:crypto";
import { sandboxCredentials } from "./credentials.ts";
import type { SandboxWorld, SimulatedAnswer, Simulator } from "./sandbox-world.ts";
import { type Scenario, scenarioOf } from "./scenario.ts";
import { answerFor, followUp, takes } from "./scenario-answer.ts";

type Answer = { readonly status: number; readonly body: string };

const refusals: Readonly<Record<NonNullable<Scenario["refusal"]>, Answer>> = {
  opted_out: { status: 403, body: "Denied by white- and/or black-list" },
  opted_out_of_type: { status: 403, body: "Denied by white- and/or black-list" },
  unreachable: { status: 400, body: "Not routable. Rejected" },
  quota: { status: 503, body: "Temporal failure, try again later." },
  night: { status: 503, body: "Temporal failure, try again later." },
  account: { status: 403, body: "Authorization failed for sendsms" },
  content: { status: 400, body: "Empty text not allowed, rejected" },
  transient: { status: 503, body: "Temporal failure, try again later." },
  token: { status: 403, body: "Authorization failed for sendsms" },
};

/**
 * Kannel's smsbox: plain-text answers, delivery reports by the dlr-url that came with the message. Like the
 * real one it takes accented text without coding=2 and loses the letters.
 */
export function createKannelSimulator(world: SandboxWorld): Simulator {
  return ({ method, path, query }) => {
    const field = (name: string): string => query.get(name) ?? "";
    const phone = field("to");
    const dlrUrl = field("dlr-url");
    const key = URL.canParse(dlrUrl) ? (new URL(dlrUrl).searchParams.get("key") ?? "") : "";
    const text =
      field("coding") === "2" ? field("text") : field("text").replace(/[^\p{ASCII}àèéìòùÉ]/gu, "?");
    const note = (outcome: string, reference = ""): void =>
      world.record({ provider: "kannel", key, reference, phone, text, outcome });
    const refuse = ({ status, body }: Answer): SimulatedAnswer => {
      note(`http_${status}`);
      return plain(status, body);
    };
    if (method !== "GET" || path !== "cgi-bin/sendsms") return plain(404, "Unknown request.");
    const { username, password } = sandboxCredentials.kannel;
    if (field("username") !== username || field("password") !== password) return refuse(refusals.account);
    if (phone === "") return refuse({ status: 400, body: "Missing receiver number, rejected" });
    if (!query.has("text")) return refuse({ status: 400, body: "Missing text, rejected" });
    if (field("from") === "")
      return refuse({ status: 400, body: "Sender missing and no global set, rejected" });
    const scenario = scenarioOf(phone);
    if (scenario.refusal !== undefined) return refuse(refusals[scenario.refusal]);
    if (!takes(scenario)) {
      note(scenario.call);
      return answerFor(scenario, plain(503, refusals.transient.body), world);
    }
    const foreignId = randomUUID();
    note("accepted", foreignId);
    const report = (status: number, answer: string): void => {
      // Kannel replaces its escapes in the address; the rest of it is sent as it was given.
      const url = dlrUrl
        .replaceAll("%d", String(status))
        .replaceAll("%A", encodeURIComponent(answer))
        .replaceAll("%F", foreignId);
      if (dlrUrl !== "") world.callBack({ method: "GET", url });
    };
    if (scenario.receipt !== "before_answer" && scenario.receipt !== "none") report(8, "ACK/");
    followUp(scenario, world, {
      receipt(state) {
        if (state === "delivered") report(1, `id:${foreignId} sub:001 dlvrd:001 stat:DELIVRD err:000`);
        else
          report(
            2,
            `id:${foreignId} sub:001 dlvrd:000 stat:${state === "expired" ? "EXPIRED" : "UNDELIV"} err:027`,
          );
      },
      reply: (reply) => sendMessage(world, phone, field("from"), reply),
      unsubscribe: () => sendMessage(world, phone, field("from"), "TC"),
    });
    return answerFor(scenario, plain(202, "0: Accepted for delivery"), world);
  };
}

/** As with get-url "…?from=%p&to=%P&text=%a&coding=%c&charset=%C&id=%I": UCS-2 as big-endian octets. */
function sendMessage(world: SandboxWorld, phone: string, to: string, text: string): void {
  const address = world.callbacks.kannel;
  if (address === undefined) return;
  const wide = /[^\p{ASCII}]/u.test(text);
  const octets = wide ? Buffer.from(text, "utf16le").swap16() : Buffer.from(text, "ascii");
  const encoded = Array.from(octets, (octet) => `%${octet.toString(16).padStart(2, "0").toUpperCase()}`).join(
    "",
  );
  const head = new URLSearchParams({ from: phone, to }).toString();
  const tail = `coding=${wide ? 2 : 0}&charset=${wide ? "UTF-16BE" : "UTF-8"}&id=${randomUUID()}`;
  const url = `${address.baseUrl}/messages/${address.secret}?${head}&text=${encoded}&${tail}`;
  world.callBack({ method: "GET", url });
}

function plain(status: number, body: string): SimulatedAnswer {
  return { kind: "reply", status, body, contentType: "text/plain" };
}
