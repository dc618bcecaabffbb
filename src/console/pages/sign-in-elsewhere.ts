import { GuardError } from "../../domain/guard-error.ts";
import { signInByProvider } from "../../guard/staff-sessions.ts";
import type { SignInState } from "../openid.ts";
import type { Handler, Reply, Visit } from "../page.ts";
import { clearSession, cookieForm, readCookie, setSession } from "../session-cookie.ts";

const sealContext = "console.sign-in";
const returnPath = "/console/sign-in/return";
const keptForMs = 10 * 60_000;

/** Sends the browser to the provider. Getting there twice by accident harms nobody, so a link may do it. */
export const beginElsewhere: Handler<Visit> = async (visit) => {
  const { provider, world, res } = visit;
  const form = cookieForm(visit.req, world.publicUrl);
  if (provider === null) throw new GuardError("not_found", "no provider is configured");
  if (form === null) return refused("signIn.httpsOnly", 400);
  const { url, kept } = await provider.begin(`${originOf(visit)}${returnPath}`);
  const plain = JSON.stringify({ ...kept, at: world.clock.now().getTime() });
  // Lax: it has to come along when the provider sends the browser back.
  res.cookie(cookieName(form), world.vault.root.seal(Buffer.from(plain), sealContext).toString("base64url"), {
    httpOnly: true,
    secure: form.secure,
    sameSite: "lax",
    path: "/",
    maxAge: keptForMs,
  });
  return { redirect: url };
};

/**
 * Where the provider sends the browser back. The session's cookie is not sent along on a way that began at another
 * site, so that the answer is a page that goes on by itself and no redirect.
 */
export const returnFromElsewhere: Handler<Visit> = async (visit) => {
  const { provider, world, req, res } = visit;
  const form = cookieForm(req, world.publicUrl);
  if (provider === null) throw new GuardError("not_found", "no provider is configured");
  if (form === null) return refused("signIn.httpsOnly", 400);
  const kept = openKept(visit, readCookie(req, cookieName(form)));
  clearSession(res, { ...form, name: cookieName(form) });
  if (kept === null) return refused("signIn.elsewhereRefused", 401);
  const returned = new URL(req.originalUrl, `${originOf(visit)}/`);
  const identity = await provider.complete(returned, kept).catch((err: unknown) => {
    world.log.warn({ code: err instanceof Error ? err.name : "unknown" }, "a sign-in elsewhere was refused");
    return null;
  });
  try {
    const { token } = await signInByProvider(world, identity, req.ip ?? "");
    setSession(res, form, token);
    return { view: "signed-in" };
  } catch (err) {
    if (!(err instanceof GuardError) || (err.code !== "unauthenticated" && err.code !== "rate_limited"))
      throw err;
    return refused(err.code === "rate_limited" ? "signIn.lockedOut" : "signIn.elsewhereRefused", err.status);
  }
};

function refused(fault: string, status: number): Reply {
  return { view: "sign-in", status, data: { link: null, fault, elsewhere: true } };
}

function cookieName(form: { readonly secure: boolean }): string {
  return form.secure ? "__Host-sign-in" : "sign-in";
}

/** The address that the provider knows; on the service's own machine the one that the browser uses. */
function originOf({ req, world }: Visit): string {
  return req.secure || world.publicUrl.startsWith("https:")
    ? world.publicUrl
    : `http://${req.headers.host ?? ""}`;
}

function openKept({ world }: Visit, cookie: string | null): SignInState | null {
  if (cookie === null || !/^[A-Za-z0-9_-]{40,2000}$/.test(cookie)) return null;
  try {
    const plain = world.vault.root.open(Buffer.from(cookie, "base64url"), sealContext).toString("utf8");
    const { state, nonce, verifier, at } = JSON.parse(plain) as SignInState & { readonly at: number };
    return world.clock.now().getTime() - at > keptForMs ? null : { state, nonce, verifier };
  } catch {
    return null;
  }
}
