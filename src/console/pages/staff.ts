import { disableStaff, inviteStaff, staffBook } from "../../guard/staff.ts";
import type { Handler, Reply, StaffVisit } from "../page.ts";

export const staff: Handler<StaffVisit> = (visit) => staffPage(visit, null);

/** The link is shown in this answer and nowhere again. */
export const invite: Handler<StaffVisit> = async (visit) => {
  const { email = "", name = "", role = "" } = visit.form;
  const token = await inviteStaff(visit.world, visit.staff.id, { email, name, role });
  return staffPage(visit, { email, link: `${visit.world.publicUrl}/console/sign-in?link=${token}` });
};

export const disable: Handler<StaffVisit> = async (visit) => {
  await disableStaff(visit.world, visit.staff.id, visit.parameter("id"));
  return { redirect: "/console/staff" };
};

async function staffPage(
  visit: StaffVisit,
  invitation: { readonly email: string; readonly link: string } | null,
): Promise<Reply> {
  return { view: "staff", data: { ...(await staffBook(visit.world)), invitation } };
}
