import { GuardError } from "../../domain/guard-error.ts";
import { signInByLink, signOut } from "../../guard/staff-sessions.ts";
import type { Handler, StaffVisit, Visit } from "../page.ts";
import { clearSession, cookieForm, setSession } from "../session-cookie.ts";

const tokenPattern = /^[A-Za-z0-9_-]{43}$/;

/** Opening a link uses nothing up: programs that look at links before people do must not spend them. */
export const signInPage: Handler<Visit> = (visit) => {
  const link = visit.query("link") ?? "";
  const possible = cookieForm(visit.req, visit.world.publicUrl) !== null;
  return {
    view: "sign-in",
    status: possible ? 200 : 400,
    data: {
      link: tokenPattern.test(link) ? link : null,
      fault: possible ? null : "signIn.httpsOnly",
      elsewhere: visit.provider !== null,
    },
  };
};

export const signIn: Handler<Visit> = async (visit) => {
  const form = cookieForm(visit.req, visit.world.publicUrl);
  if (form === null) {
    return {
      view: "sign-in",
      status: 400,
      data: { link: null, fault: "signIn.httpsOnly", elsewhere: visit.provider !== null },
    };
  }
  try {
    const address = visit.req.ip ?? "";
    const { token } = await signInByLink(visit.world, linkCode(visit.form["link"] ?? ""), address);
    setSession(visit.res, form, token);
    return { redirect: "/console" };
  } catch (err) {
    if (!(err instanceof GuardError) || (err.code !== "unauthenticated" && err.code !== "rate_limited"))
      throw err;
    const fault = err.code === "rate_limited" ? "signIn.lockedOut" : "signIn.refused";
    if (err.retryAfterS !== undefined) visit.res.setHeader("Retry-After", String(err.retryAfterS));
    return {
      view: "sign-in",
      status: err.status,
      data: { link: null, fault, elsewhere: visit.provider !== null },
    };
  }
};

export const leave =
  (everywhere: boolean): Handler<StaffVisit> =>
  async (visit) => {
    await signOut(visit.world, visit.staff, visit.token, everywhere);
    const form = cookieForm(visit.req, visit.world.publicUrl);
    if (form !== null) clearSession(visit.res, form);
    return { redirect: "/console/sign-in" };
  };

/** The code itself, or the whole link as people paste it. */
function linkCode(text: string): string {
  return /[?&]link=([A-Za-z0-9_-]{43})/.exec(text)?.[1] ?? text.trim();
}
