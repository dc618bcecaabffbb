import type { SharingLogSearchRequest } from "../../domain/contract.gen.ts";
import { GuardError } from "../../domain/guard-error.ts";
import { staffLookUp, staffLookUpMore, staffProof } from "../../guard/staff-look-up.ts";
import type { Handler, StaffVisit } from "../page.ts";

const idPattern = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const reasonMax = 500;

/** Ids may stand in a link to the form; a phone number never does. */
export const lookUpForm: Handler<StaffVisit> = (visit) => ({
  view: "look-up",
  data: {
    result: null,
    fault: null,
    given: "",
    subscriberId: idOr(visit.query("subscriberId")),
    campaignId: idOr(visit.query("campaignId")),
  },
});

export const lookUp: Handler<StaffVisit> = async (visit) => {
  const { form } = visit;
  const more = form["more"];
  if (more !== undefined) {
    const { reason, ...result } = await staffLookUpMore(visit.world, visit.caller, more);
    return {
      view: "look-up",
      data: { result, fault: null, given: reason, subscriberId: "", campaignId: "" },
    };
  }
  const reason = (form["reason"] ?? "").trim().slice(0, reasonMax);
  // The number is not given back to the page, not even after a fault.
  const shown = {
    given: reason,
    subscriberId: idOr(form["subscriberId"]),
    campaignId: idOr(form["campaignId"]),
  };
  const question = questionOf(form);
  if (question === null) {
    return {
      view: "look-up",
      status: 400,
      data: { ...shown, result: null, fault: { word: "lookUp.needOne" } },
    };
  }
  try {
    const result = await staffLookUp(visit.world, visit.caller, question, reason);
    return { view: "look-up", data: { ...shown, result, fault: null } };
  } catch (err) {
    if (!(err instanceof GuardError) || err.status >= 429) throw err;
    return {
      view: "look-up",
      status: err.status,
      data: { ...shown, result: null, fault: { code: err.code } },
    };
  }
};

/** For people, and as JSON for the script that verifies it in their browser. */
export const proof: Handler<StaffVisit> = async (visit) => {
  const index = visit.parameter("index");
  if (!/^\d{1,18}$/.test(index)) throw new GuardError("not_found", "no such record");
  const found = await staffProof(visit.world, BigInt(index));
  return visit.query("form") === "json" ? { json: found } : { view: "proof", data: { found } };
};

/** null unless it asks by exactly one of the three. */
function questionOf(form: StaffVisit["form"]): SharingLogSearchRequest | null {
  const phone = (form["phone"] ?? "").trim();
  const subscriberId = (form["subscriberId"] ?? "").trim().toLowerCase();
  const campaignId = (form["campaignId"] ?? "").trim().toLowerCase();
  if ([phone, subscriberId, campaignId].filter((given) => given !== "").length !== 1) return null;
  if (phone !== "") return { phone };
  if (subscriberId !== "") return idPattern.test(subscriberId) ? { subscriberId } : null;
  return idPattern.test(campaignId) ? { campaignId } : null;
}

function idOr(text: string | null | undefined): string {
  return text !== null && text !== undefined && idPattern.test(text) ? text : "";
}
