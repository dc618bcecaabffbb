import type { SharingLogSearchRequest } from "../../domain/contract.gen.ts";
import { GuardError } from "../../domain/guard-error.ts";
import {
  revealPhone,
  staffExport,
  staffLookUp,
  staffLookUpMore,
  staffProof,
} from "../../guard/staff-look-up.ts";
import type { Handler, StaffVisit } from "../page.ts";

const idPattern = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const processorPattern = /^[A-Za-z0-9._-]{0,64}$/;
const reasonMax = 500;

/** Ids may stand in a link to the form; a phone number never does. */
export const lookUpForm: Handler<StaffVisit> = (visit) => ({
  view: "look-up",
  data: {
    result: null,
    fault: null,
    given: "",
    ...shownOf({
      subscriberId: visit.query("subscriberId") ?? "",
      campaignId: visit.query("campaignId") ?? "",
      processorId: visit.query("processorId") ?? "",
    }),
  },
});

export const lookUp: Handler<StaffVisit> = async (visit) => {
  const { form } = visit;
  const more = form["more"];
  if (more !== undefined) {
    const { reason, ...result } = await staffLookUpMore(visit.world, visit.caller, more);
    return {
      view: "look-up",
      data: { ...shownOf({}), result, fault: null, given: reason },
    };
  }
  const reason = (form["reason"] ?? "").trim().slice(0, reasonMax);
  // The number is not given back to the page, not even after a fault.
  const shown = { ...shownOf(form), given: reason };
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

/** The same as a file for a spreadsheet: a look-up of its own, recorded with its reason. */
export const exportLookUp: Handler<StaffVisit> = async (visit) => {
  const reason = (visit.form["reason"] ?? "").trim().slice(0, reasonMax);
  const question = questionOf(visit.form);
  if (question === null) {
    const shown = { ...shownOf(visit.form), given: reason };
    return {
      view: "look-up",
      status: 400,
      data: { ...shown, result: null, fault: { word: "lookUp.needOne" } },
    };
  }
  const made = await staffExport(visit.world, visit.caller, question, reason, visit.language);
  return {
    file: { mediaType: made.mediaType, bytes: Buffer.from(made.bytes), fileName: made.fileName },
  };
};

/** The number of one subscriber in full, to a role that may see it, with a reason; recorded first. */
export const reveal: Handler<StaffVisit> = async (visit) => {
  const subscriberId = idOr(visit.form["subscriberId"]);
  if (subscriberId === "") throw new GuardError("not_found", "no such subscriber");
  const reason = (visit.form["reason"] ?? "").trim().slice(0, reasonMax);
  return {
    view: "reveal",
    data: { revealed: await revealPhone(visit.world, visit.caller, subscriberId, reason) },
  };
};

/** null unless it asks by at most one of phone, subscriber and campaign, and by something at all. */
function questionOf(form: StaffVisit["form"]): SharingLogSearchRequest | null {
  const given = (name: string): string => (form[name] ?? "").trim();
  const phone = given("phone");
  const subscriberId = given("subscriberId").toLowerCase();
  const campaignId = given("campaignId").toLowerCase();
  const processorId = given("processorId");
  const [from, to] = [given("from"), given("to")];
  if ([phone, subscriberId, campaignId].filter((text) => text !== "").length > 1) return null;
  if ([phone, subscriberId, campaignId, processorId, from, to].every((text) => text === "")) return null;
  if ([subscriberId, campaignId].some((text) => text !== "" && !idPattern.test(text))) return null;
  if (!processorPattern.test(processorId)) return null;
  if ([from, to].some((day) => day !== "" && !isDay(day))) return null;
  return {
    ...(phone === "" ? {} : { phone }),
    ...(subscriberId === "" ? {} : { subscriberId }),
    ...(campaignId === "" ? {} : { campaignId }),
    ...(processorId === "" ? {} : { processorId }),
    // Days of Viet Nam, the last one included.
    ...(from === "" ? {} : { from: `${from}T00:00:00+07:00` }),
    ...(to === "" ? {} : { to: `${to}T23:59:59.999+07:00` }),
  };
}

function isDay(text: string): boolean {
  return /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(`${text}T00:00:00Z`));
}

/** What goes back into the form; the number never does. */
function shownOf(form: StaffVisit["form"]): Readonly<Record<string, string>> {
  const processorId = (form["processorId"] ?? "").trim();
  const day = (name: string): string => (isDay(form[name] ?? "") ? (form[name] ?? "") : "");
  return {
    subscriberId: idOr(form["subscriberId"]),
    campaignId: idOr(form["campaignId"]),
    processorId: processorPattern.test(processorId) ? processorId : "",
    from: day("from"),
    to: day("to"),
  };
}

function idOr(text: string | null | undefined): string {
  return text !== null && text !== undefined && idPattern.test(text) ? text : "";
}
