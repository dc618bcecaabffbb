import { createHmac } from "node:crypto";

/**
 * The three headers of Standard Webhooks: HMAC-SHA256 over "id.timestamp.body", in base64 behind "v1,"; one signature
 * a secret, separated by spaces. The key is what the base64 behind `whsec_` stands for.
 */
export function signWebhook(input: {
  readonly id: string;
  readonly at: Date;
  readonly body: string;
  readonly secrets: readonly string[];
}): Readonly<Record<string, string>> {
  const timestamp = String(Math.floor(input.at.getTime() / 1_000));
  const signatures = input.secrets.map((secret) => {
    const key = Buffer.from(secret.replace(/^whsec_/, ""), "base64");
    const mac = createHmac("sha256", key).update(`${input.id}.${timestamp}.${input.body}`, "utf8");
    return `v1,${mac.digest("base64")}`;
  });
  return {
    "webhook-id": input.id,
    "webhook-timestamp": timestamp,
    "webhook-signature": signatures.join(" "),
  };
}
