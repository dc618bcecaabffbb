import { GuardError } from "../../domain/guard-error.ts";
import { decideReview, listReviews } from "../../guard/reviews.ts";
import { recordEvent } from "../../guard/staff.ts";
import { staffReview } from "../../guard/staff-views.ts";
import { type Handler, pageAsked, type Reply, type StaffVisit } from "../page.ts";

const reasonMin = 8;
const reasonMax = 500;

export const reviews: Handler<StaffVisit> = async (visit) => ({
  view: "reviews",
  data: {
    list: await listReviews(visit.world, visit.caller, pageAsked(visit, 50)),
    cursor: visit.query("cursor"),
  },
});

export const review: Handler<StaffVisit> = (visit) => reviewPage(visit, null);

export const decide: Handler<StaffVisit> = async (visit) => {
  const id = visit.parameter("id");
  const { decision } = visit.form;
  const reason = (visit.form["reason"] ?? "").trim();
  if (decision !== "release" && decision !== "refuse") {
    throw new GuardError("invalid_request", "a decision releases or refuses");
  }
  if (reason.length < reasonMin || reason.length > reasonMax) return reviewPage(visit, "review.reasonHint");
  await decideReview(visit.world, visit.caller, id, { release: decision === "release", reason });
  await visit.world.store.transaction("*", (tx) => recordEvent(visit.world, tx, "reviewed", visit.staff.id));
  return { redirect: `/console/reviews/${id}` };
};

async function reviewPage(visit: StaffVisit, fault: string | null): Promise<Reply> {
  const { review: found, content } = await staffReview(visit.world, visit.caller, visit.parameter("id"));
  const texts = content?.texts.map(({ field, text }) => ({ field, text: hideNumbers(text) })) ?? [];
  return {
    view: "review",
    status: fault === null ? 200 : 400,
    data: { found, content, texts, fault, given: visit.form["reason"] ?? "" },
  };
}

/** A reviewer judges words; numbers of cards, documents and people need not be read for that. */
function hideNumbers(text: string): string {
  return text.replace(/\d(?:[ .-]?\d){7,}/g, (digits) => digits.replace(/\d/g, "•"));
}
