/** What has a time to live. Each call removes a bounded number of rows and tells how many; the ledger is not here. */
export type RetentionRecords = {
  /** Webhook events from before then with their deliveries, but for those that are still to be delivered. */
  purgeWebhookEvents(before: Date, limit: number): Promise<number>;
  /** Completed campaigns whose recipients' decisions have had their time. */
  prunableCampaigns(completedBefore: Date, limit: number): Promise<readonly string[]>;
  /**
   * Removes decisions that led to no hand-off, and the recipients' own data from the rest: a hand-off keeps its row,
   * because caps and the ledger refer to it. 0: nothing is left to remove.
   */
  pruneMessages(campaignId: string, limit: number): Promise<number>;
  markPruned(campaignId: string, now: Date): Promise<void>;
};
