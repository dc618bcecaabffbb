import type { Channel } from "../domain/vocabulary.ts";
import { remedy } from "./remedy.ts";
import type { MessageRule } from "./rule.ts";
import { readText } from "./text/folded-text.ts";
import { type ForbiddenTopic, forbiddenTopics } from "./text/forbidden-terms.ts";
import { createTermList } from "./text/term-list.ts";

const topics = forbiddenTopics.map((topic) => ({ topic, speaksOf: createTermList(topic.terms) }));

/** What the channel's owner does not carry. Words that do not settle the topic ask for a person. */
export const forbiddenContent: MessageRule = {
  id: "forbidden-content",
  title: { vi: "Nội dung mà kênh cho phép", en: "Content that the channel carries" },
  codes: ["forbidden_content"],
  clauses: ["P-13"],
  citation: "Viber Business Messages restrictions; Zalo ZNS template requirements",
  decidedBy: "processor",
  canBeOverruled: false,
  remedies: ["remove_forbidden"],
  level: "message",
  appliesTo: ({ channel }) => forbiddenTopics.some(({ channels }) => channels.includes(channel)),
  evaluate({ facts: { channel } }, message) {
    const topic = strictestTopic(message.facts.text, channel);
    if (topic === null) return null;
    const remedies = [remedy("remove_forbidden", topic.name, channel)];
    return topic.severity === "block"
      ? { verdict: "deny", code: "forbidden_content", remedies }
      : {
          verdict: "review",
          code: "forbidden_content",
          remedies,
          decidedBy: "machine",
          canBeOverruled: true,
        };
  },
  read: ({ facts: { channel } }, message) => ({
    channel,
    topic: strictestTopic(message.facts.text, channel)?.id ?? null,
  }),
};

function strictestTopic(text: string, channel: Channel): ForbiddenTopic | null {
  const read = readText(text);
  const found = topics
    .filter(({ topic, speaksOf }) => topic.channels.includes(channel) && speaksOf(read))
    .map(({ topic }) => topic);
  return found.find(({ severity }) => severity === "block") ?? found[0] ?? null;
}
