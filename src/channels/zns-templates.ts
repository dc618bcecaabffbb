import type { HttpReply } from "./http-client.ts";
import { asObject, asText, parseJsonObject } from "./json-reply.ts";

/** What stands against using a template as `tag`: `template_not_enabled`, `template_tag_mismatch`, or nothing. */
export type ZnsTemplates = {
  objection(templateId: string, tag: 1 | 2 | 3, accessToken: string): Promise<string | undefined>;
};

type Template = { readonly enabled: boolean; readonly tag: number | undefined };

const freshMs = 10 * 60_000;
// An unclear answer objects to nothing, but is asked again soon.
const unclearMs = 30_000;
const templatesMax = 1_000;
const tags: Readonly<Record<string, number>> = { TRANSACTION: 1, CUSTOMER_CARE: 2, PROMOTION: 3 };

/**
 * Zalo's word on a template stands above the job's: a promotion declared as a transaction would escape the
 * rules for advertising. Only what Zalo says clearly counts; an answer that cannot be read objects to nothing,
 * since the send itself is judged by Zalo again.
 */
export function createZnsTemplates(
  get: (path: string, query: Readonly<Record<string, string>>, token: string) => Promise<HttpReply>,
  now: () => Date,
): ZnsTemplates {
  const known = new Map<string, { readonly reading: Promise<Template>; untilMs: number }>();

  async function read(templateId: string, token: string): Promise<Template | undefined> {
    const reply = await get("template/info/v2", { template_id: templateId }, token);
    const answer = reply.kind === "response" ? parseJsonObject(reply.body) : undefined;
    const data = asText(answer?.["error"]) === "0" ? asObject(answer?.["data"]) : undefined;
    const status = asText(data?.["status"]);
    if (status === undefined) return undefined;
    return { enabled: status === "ENABLE", tag: tags[asText(data?.["templateTag"]) ?? ""] };
  }

  function current(templateId: string, token: string): Promise<Template> {
    const cached = known.get(templateId);
    if (cached !== undefined && now().getTime() < cached.untilMs) return cached.reading;
    const reading = read(templateId, token).then((template) => {
      entry.untilMs = now().getTime() + (template === undefined ? unclearMs : freshMs);
      return template ?? { enabled: true, tag: undefined };
    });
    const entry = { reading, untilMs: Number.POSITIVE_INFINITY };
    known.set(templateId, entry);
    const oldest = known.keys().next();
    if (known.size > templatesMax && oldest.done !== true) known.delete(oldest.value);
    return reading;
  }

  return {
    async objection(templateId, tag, accessToken) {
      const template = await current(templateId, accessToken);
      if (!template.enabled) return "template_not_enabled";
      // Declared more strictly than Zalo has it is no harm.
      if (template.tag !== undefined && template.tag > tag) return "template_tag_mismatch";
      return undefined;
    },
  };
}
