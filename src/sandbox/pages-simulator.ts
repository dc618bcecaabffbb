import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import { boundedMap } from "./bounded-map.ts";
import { sandboxCredentials } from "./credentials.ts";
import { parseBody, textOf } from "./request-body.ts";
import { json, type SandboxWorld, type SimulatedAnswer, type Simulator } from "./sandbox-world.ts";
import { scenarioOf } from "./scenario.ts";
import { answerFor, takes } from "./scenario-answer.ts";

const toleranceS = 300;

/**
 * A page publisher that takes Standard Webhooks requests and fails closed: wrong signature, stale, or other
 * bytes than were approved are refused; the same webhook-id publishes once. A pageId that ends in
 * 9990000xx chooses the scenario.
 */
export function createPagesSimulator(world: SandboxWorld): Simulator {
  const published = boundedMap<true>(10_000);
  const key = Buffer.from(sandboxCredentials.pages.secret.replace(/^whsec_/, ""), "base64");
  return ({ method, headers, body }) => {
    const id = headers["webhook-id"] ?? "";
    const data = parseBody(JSON.stringify(parseBody(body)["data"] ?? null));
    const pageId = textOf(data["pageId"]);
    const note = (outcome: string, reference = ""): void =>
      world.record({ provider: "pages", key: id, reference, phone: "", text: pageId, outcome });
    const refuse = (status: number, error: string): SimulatedAnswer => {
      note(`http_${status}`);
      return json({ error }, status);
    };
    if (method !== "POST") return refuse(405, "method");
    const timestamp = headers["webhook-timestamp"] ?? "";
    const signed = `${id}.${timestamp}.${body}`;
    const expected = `v1,${createHmac("sha256", key).update(signed).digest("base64")}`;
    if (id === "" || !(headers["webhook-signature"] ?? "").split(" ").some((one) => same(one, expected))) {
      return refuse(401, "signature");
    }
    if (!(Math.abs(world.now().getTime() / 1000 - Number(timestamp)) <= toleranceS))
      return refuse(401, "timestamp");
    if (parseBody(body)["type"] !== "page.publish") return refuse(400, "type");
    if (!digestMatches(textOf(data["digest"]), textOf(data["html"]))) return refuse(422, "digest");
    const scenario = scenarioOf(pageId);
    if (scenario.refusal !== undefined)
      return refuse(scenario.refusal === "transient" ? 503 : 403, scenario.refusal);
    if (!takes(scenario)) return answerFor(scenario, refuse(503, scenario.call), world);
    const again = published.get(id) === true;
    published.set(id, true);
    note(again ? "duplicate" : "accepted", id);
    const usual = json({ published: true });
    return again ? usual : answerFor(scenario, usual, world);
  };
}

function same(given: string, expected: string): boolean {
  const left = Buffer.from(given);
  const right = Buffer.from(expected);
  return left.length === right.length && timingSafeEqual(left, right);
}

/** "sha-256:" with the digest in hex or base64. */
function digestMatches(digest: string, html: string): boolean {
  const hash = createHash("sha256").update(html, "utf8").digest();
  const given = digest.replace(/^sha-256:/, "");
  return [hash.toString("hex"), hash.toString("base64"), hash.toString("base64url")].includes(given);
}
