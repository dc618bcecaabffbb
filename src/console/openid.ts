import * as openid from "openid-client";
import { type StaffRole, staffRoles } from "../guard/ports/staff-records.ts";

export type OpenIdSettings = {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** The claim of the ID token that roles are read from: a text or a list of texts. */
  readonly roleClaim: string;
  /** Values of that claim for each role; of several roles the widest counts. */
  readonly roles: Readonly<Record<StaffRole, readonly string[]>>;
};

/** What a sign-in under way is checked against when the browser returns; kept sealed in a cookie. */
export type SignInState = { readonly state: string; readonly nonce: string; readonly verifier: string };

export type ProvidedIdentity = {
  readonly issuer: string;
  readonly subject: string;
  readonly name: string;
  /** null: no value of the claim stands for a role. */
  readonly role: StaffRole | null;
};

export type OpenIdProvider = {
  begin(returnTo: string): Promise<{ readonly url: string; readonly kept: SignInState }>;
  /** Rejects where the answer is not the one to this sign-in, or its token is not the provider's. */
  complete(returned: URL, kept: SignInState): Promise<ProvidedIdentity>;
};

/**
 * Authorization code with PKCE, state and nonce (OpenID Connect Core 1.0; RFC 9700). The provider is discovered on
 * first use and again after a failure, so that a start does not depend on it. Plain HTTP only on loopback.
 */
export function openIdProvider(settings: OpenIdSettings): OpenIdProvider {
  let discovered: Promise<openid.Configuration> | null = null;
  const configuration = (): Promise<openid.Configuration> => {
    discovered ??= discover(settings).catch((err: unknown) => {
      discovered = null;
      throw err;
    });
    return discovered;
  };
  return {
    async begin(returnTo) {
      const config = await configuration();
      const verifier = openid.randomPKCECodeVerifier();
      const kept = { state: openid.randomState(), nonce: openid.randomNonce(), verifier };
      const url = openid.buildAuthorizationUrl(config, {
        redirect_uri: returnTo,
        scope: "openid profile",
        state: kept.state,
        nonce: kept.nonce,
        code_challenge: await openid.calculatePKCECodeChallenge(verifier),
        code_challenge_method: "S256",
      });
      return { url: url.href, kept };
    },
    async complete(returned, kept) {
      const tokens = await openid.authorizationCodeGrant(await configuration(), returned, {
        expectedState: kept.state,
        expectedNonce: kept.nonce,
        pkceCodeVerifier: kept.verifier,
        idTokenExpected: true,
      });
      const claims = tokens.claims();
      if (claims === undefined) throw new Error("the provider gave no ID token");
      const { name } = claims;
      return {
        issuer: claims.iss,
        subject: claims.sub,
        name:
          typeof name === "string" && name.trim() !== ""
            ? name.trim().slice(0, 120)
            : claims.sub.slice(0, 120),
        role: roleOf(claims[settings.roleClaim], settings.roles),
      };
    },
  };
}

async function discover(settings: OpenIdSettings): Promise<openid.Configuration> {
  const issuer = new URL(settings.issuer);
  const local = issuer.protocol === "http:" && /^(127\.0\.0\.1|\[::1\]|localhost)$/.test(issuer.hostname);
  return openid.discovery(issuer, settings.clientId, settings.clientSecret, undefined, {
    timeout: 10,
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- marked to stand out; on loopback there is no TLS
    ...(local ? { execute: [openid.allowInsecureRequests] } : {}),
  });
}

function roleOf(claim: unknown, roles: OpenIdSettings["roles"]): StaffRole | null {
  const values: readonly unknown[] = Array.isArray(claim) ? claim : [claim];
  // From the widest to the narrowest.
  return (
    [...staffRoles].reverse().find((role) => roles[role].some((value) => values.includes(value))) ?? null
  );
}
