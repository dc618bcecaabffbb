/** What a simulated provider does with a message, chosen by the number it goes to. */
export type Scenario = {
  /** How the call itself ends. `accepted` and the ones after it differ in the answer, not in the effect. */
  readonly call:
    | "accepted"
    | "timeout_after_accept"
    | "reset_after_accept"
    | "server_error_after_accept"
    | "garbage_after_accept"
    | "slow"
    | "unavailable"
    | "rate_limited"
    | "refused";
  /** Where the call is refused: why. Each simulator has its provider's own code for it. */
  readonly refusal?:
    | "opted_out"
    | "opted_out_of_type"
    | "unreachable"
    | "quota"
    | "night"
    | "account"
    | "content"
    | "transient"
    | "token";
  readonly receipt:
    | "delivered"
    | "failed"
    | "expired"
    | "late"
    | "twice"
    | "none"
    | "before_answer"
    | "out_of_order";
  /** A message that the subscriber sends back after the receipt. */
  readonly reply?: string;
  /** The subscriber unsubscribes by the provider's own means after the receipt. */
  readonly unsubscribes?: true;
};

const accepted = { call: "accepted", receipt: "delivered" } as const;
const refused = (refusal: NonNullable<Scenario["refusal"]>): Scenario => ({
  call: "refused",
  refusal,
  receipt: "none",
});

/** By the last two digits of +84 99 900 00 xx; every other number is `accepted`. docs/guide/sandbox.md lists them. */
export const scenarios: Readonly<Record<string, Scenario>> = {
  "00": accepted,
  "01": { call: "accepted", receipt: "failed" },
  "02": { call: "accepted", receipt: "late" },
  "03": { call: "accepted", receipt: "twice" },
  "04": { call: "accepted", receipt: "none" },
  "05": { call: "accepted", receipt: "before_answer" },
  "06": { call: "accepted", receipt: "out_of_order" },
  "07": { call: "accepted", receipt: "expired" },
  "10": { call: "timeout_after_accept", receipt: "delivered" },
  "11": { call: "reset_after_accept", receipt: "delivered" },
  "12": { call: "server_error_after_accept", receipt: "delivered" },
  "13": { call: "unavailable", receipt: "none" },
  "14": { call: "slow", receipt: "delivered" },
  "15": { call: "rate_limited", receipt: "none" },
  "16": { call: "garbage_after_accept", receipt: "delivered" },
  "20": refused("opted_out"),
  "21": refused("opted_out_of_type"),
  "22": refused("unreachable"),
  "23": refused("quota"),
  "24": refused("night"),
  "25": refused("account"),
  "26": refused("content"),
  "27": refused("transient"),
  "28": refused("token"),
  "30": { ...accepted, reply: "TC" },
  "31": { ...accepted, reply: "Từ chối" },
  "32": { ...accepted, reply: "đừng nhắn nữa" },
  "33": { ...accepted, reply: "HUY DNC" },
  "34": { ...accepted, reply: "Cho hỏi giá sản phẩm" },
  "35": { ...accepted, unsubscribes: true },
};

/** The block is one of a hundred numbers, so that made-up test data does not meet a magic number by chance. */
export function scenarioOf(phone: string): Scenario {
  const match = /(?:^|\D|0|84)9990000(\d\d)$/.exec(phone);
  return scenarios[match?.[1] ?? ""] ?? accepted;
}
