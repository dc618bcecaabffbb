import type { CampaignContent } from "../domain/contract.gen.ts";
import type { Channel, Purpose } from "../domain/vocabulary.ts";
import { fieldLimit } from "../rules/field-matrix.ts";
import type { RenderedContent } from "./ports/connector.ts";

export type PlaceholderValues = Readonly<Record<string, string | number | boolean | null>>;

/** Content with the channel that it is for. */
export type ChannelContent =
  | {
      readonly channel: "sms";
      readonly content: Extract<CampaignContent, { text: string }> & { readonly templateId?: never };
    }
  | {
      readonly channel: "viber";
      readonly content: {
        readonly text: string;
        readonly imageUrl?: string;
        readonly buttonText?: string;
        readonly buttonUrl?: string;
      };
    }
  | {
      readonly channel: "zns";
      readonly content: {
        readonly templateId: string | number;
        readonly tag: 1 | 2 | 3;
        readonly templateText: string;
        readonly data: PlaceholderValues;
      };
    };

const placeholder = /\{\{\s*([\p{L}\p{N}_.-]{1,64})\s*\}\}/gu;
const znsParameter = /<([\p{L}\p{N}_.-]{1,64})>/gu;

/** Fills `{{name}}`; what has no value becomes empty, so that no placeholder is ever sent. */
export function fill(template: string, values: PlaceholderValues): string {
  return template.replace(placeholder, (_whole, name: string) => written(values, name));
}

function written(values: PlaceholderValues, name: string): string {
  const value = Object.hasOwn(values, name) ? values[name] : undefined;
  return value === undefined || value === null ? "" : String(value);
}

/** Names of the placeholders in a content, each once. */
export function placeholdersOf(content: ChannelContent): readonly string[] {
  return [
    ...new Set(
      templatesOf(content).flatMap((text) => [...text.matchAll(placeholder)].map((match) => match[1] ?? "")),
    ),
  ];
}

function templatesOf(content: ChannelContent): readonly string[] {
  switch (content.channel) {
    case "sms":
      return [content.content.text];
    case "viber":
      return [
        content.content.text,
        content.content.buttonText ?? "",
        content.content.buttonUrl ?? "",
        content.content.imageUrl ?? "",
      ];
    case "zns":
      return Object.values(content.content.data).map(String);
  }
}

/** The content as one recipient would get it. */
export function render(content: ChannelContent, values: PlaceholderValues): RenderedContent {
  switch (content.channel) {
    case "sms":
      return { channel: "sms", text: fill(content.content.text, values) };
    case "viber": {
      const { text, imageUrl, buttonText, buttonUrl } = content.content;
      return {
        channel: "viber",
        text: fill(text, values),
        ...(imageUrl === undefined ? {} : { imageUrl: fill(imageUrl, values) }),
        ...(buttonText === undefined ? {} : { buttonText: fill(buttonText, values) }),
        ...(buttonUrl === undefined ? {} : { buttonUrl: fill(buttonUrl, values) }),
      };
    }
    case "zns":
      return {
        channel: "zns",
        templateId: String(content.content.templateId),
        tag: content.content.tag,
        data: Object.fromEntries(
          Object.entries(content.content.data).map(([name, value]) => [
            name,
            fill(String(value ?? ""), values),
          ]),
        ),
      };
  }
}

/** All that a person would read of it, for the scan and the rules: a ZNS template with its parameters filled in. */
export function visibleText(content: ChannelContent, rendered: RenderedContent): string {
  if (content.channel === "zns" && rendered.channel === "zns") {
    const values = rendered.data;
    return fill(content.content.templateText, values).replace(znsParameter, (_whole, name: string) =>
      written(values, name),
    );
  }
  if (rendered.channel === "sms") return rendered.text;
  if (rendered.channel === "viber") {
    return rendered.buttonText === undefined ? rendered.text : `${rendered.text}\n${rendered.buttonText}`;
  }
  return "";
}

/** The template as written, placeholders unfilled. */
export function templateText(content: ChannelContent): string {
  switch (content.channel) {
    case "sms":
      return content.content.text;
    case "viber":
      return content.content.buttonText === undefined
        ? content.content.text
        : `${content.content.text}\n${content.content.buttonText}`;
    case "zns":
      return content.content.templateText;
  }
}

/** Which personal data fields a processor would get (policy IV.1; the data × processor matrix). */
export function fieldsLeaving(content: ChannelContent, purpose: Purpose): readonly string[] {
  const names = placeholdersOf(content);
  // Fields that the matrix limits stand under their own name, so that no agreement on "templateData" covers them.
  const limited = names.filter((name) => {
    const limit = fieldLimit(name);
    return limit === "forbidden" || (limit === "delivery_only" && purpose !== "transaction");
  });
  const other = names.some((name) => name !== "name") || content.channel === "zns";
  return [
    "phone",
    "text",
    ...(names.includes("name") ? ["name"] : []),
    ...(other ? ["templateData"] : []),
    ...limited,
  ];
}

export function isTemplated(content: ChannelContent): boolean {
  return placeholdersOf(content).length > 0;
}

/** Pairs a channel with its content; the schema has checked that they agree. */
export function channelContent(channel: Channel, content: unknown): ChannelContent {
  return { channel, content } as ChannelContent;
}
