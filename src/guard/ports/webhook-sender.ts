export type WebhookCall = {
  readonly url: string;
  /** The event's id: the same in every attempt and re-sending, so that the receiver can tell a repetition. */
  readonly id: string;
  readonly at: Date;
  readonly body: string;
  /** `whsec_…`; more than one while a rotation is under way. */
  readonly secrets: readonly string[];
};

/** `code`: an HTTP status, or a word where there was no answer. Answers are neither read nor kept. */
export type WebhookReply = { readonly delivered: boolean; readonly gone: boolean; readonly code: string };

/** Signed requests to addresses that customers choose: hostile input from their first character on. */
export type WebhookSender = {
  /** Why no request may ever go to this URL; null: by its form it may. Names are judged when they are resolved. */
  faultOf(url: string): string | null;
  /** Never rejects. */
  send(call: WebhookCall): Promise<WebhookReply>;
};
