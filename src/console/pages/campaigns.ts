import { GuardError } from "../../domain/guard-error.ts";
import { reasonCodes, verdicts } from "../../domain/vocabulary.ts";
import type { MessageFilter } from "../../guard/ports/campaign-records.ts";
import { staffCampaign, staffCampaigns, staffRecipient, staffRecipients } from "../../guard/staff-views.ts";
import { type Handler, pageAsked, type StaffVisit } from "../page.ts";

const deliveries = ["queued", "handedOff", "delivered", "failed", "suppressed", "unknown"] as const;

export const campaigns: Handler<StaffVisit> = async (visit) => ({
  view: "campaigns",
  data: { list: await staffCampaigns(visit.world, pageAsked(visit, 50)), cursor: visit.query("cursor") },
});

export const campaign: Handler<StaffVisit> = async (visit) => {
  const id = visit.parameter("id");
  const filter = filterOf(visit);
  const found = await staffCampaign(visit.world, visit.caller, id);
  const recipients = await staffRecipients(visit.world, visit.caller, id, filter, pageAsked(visit, 50));
  return {
    view: "campaign",
    data: { found, recipients, filter, verdicts, deliveries, query: queryOf(filter) },
  };
};

export const recipient: Handler<StaffVisit> = async (visit) => {
  const id = visit.parameter("id");
  const place = visit.parameter("position");
  if (!/^\d{1,9}$/.test(place)) throw new GuardError("not_found", "no such recipient");
  const found = await staffCampaign(visit.world, visit.caller, id);
  const explained = await staffRecipient(visit.world, visit.caller, id, Number(place));
  return { view: "recipient", data: { found, ...explained, position: Number(place) } };
};

/** Unknown words in the query filter nothing. */
function filterOf(visit: StaffVisit): MessageFilter {
  const verdict = verdicts.find((known) => known === visit.query("verdict"));
  const code = reasonCodes.find((known) => known === visit.query("code"));
  const delivery = deliveries.find((known) => known === visit.query("delivery"));
  return {
    ...(verdict === undefined ? {} : { verdict }),
    ...(code === undefined ? {} : { code }),
    ...(delivery === undefined ? {} : { delivery }),
  };
}

function queryOf(filter: MessageFilter): string {
  return new URLSearchParams(Object.entries(filter)).toString();
}
