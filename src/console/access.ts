import type { StaffRole } from "../guard/ports/staff-records.ts";

export type ConsoleRoute = {
  readonly method: "get" | "post";
  /** Express form, under /console. */
  readonly path: string;
  /** `anyone`: signed in or not. */
  readonly roles: readonly StaffRole[] | "anyone";
  /** Asked by a timer in an open page: it does not keep a session alive. */
  readonly byTimer?: true;
};

const all = ["support", "compliance", "admin"] as const;
const deciding = ["compliance", "admin"] as const;
const administering = ["admin"] as const;

/** Who may do what: the only table of it. A route that does not stand here is not mounted. */
export const consoleRoutes = {
  signInPage: { method: "get", path: "/sign-in", roles: "anyone" },
  signIn: { method: "post", path: "/sign-in", roles: "anyone" },
  beginElsewhere: { method: "get", path: "/sign-in/provider", roles: "anyone" },
  returnFromElsewhere: { method: "get", path: "/sign-in/return", roles: "anyone" },
  asset: { method: "get", path: "/assets/:name", roles: "anyone" },
  signOut: { method: "post", path: "/sign-out", roles: all },
  signOutEverywhere: { method: "post", path: "/sign-out-everywhere", roles: all },
  overview: { method: "get", path: "/", roles: all },
  workState: { method: "get", path: "/state", roles: all, byTimer: true },
  lookUpForm: { method: "get", path: "/look-up", roles: all },
  lookUp: { method: "post", path: "/look-up", roles: all },
  exportLookUp: { method: "post", path: "/look-up/csv", roles: all },
  reveal: { method: "post", path: "/reveal", roles: deciding },
  proof: { method: "get", path: "/proofs/:index", roles: all },
  campaigns: { method: "get", path: "/campaigns", roles: all },
  campaign: { method: "get", path: "/campaigns/:id", roles: all },
  recipient: { method: "get", path: "/campaigns/:id/recipients/:position", roles: all },
  reviews: { method: "get", path: "/reviews", roles: deciding },
  review: { method: "get", path: "/reviews/:id", roles: deciding },
  decideReview: { method: "post", path: "/reviews/:id", roles: deciding },
  imports: { method: "get", path: "/imports", roles: all },
  import: { method: "get", path: "/imports/:id", roles: all },
  importProgress: { method: "get", path: "/imports/:id/progress", roles: all, byTimer: true },
  processors: { method: "get", path: "/processors", roles: deciding },
  processor: { method: "get", path: "/processors/:id", roles: deciding },
  registers: { method: "get", path: "/registers", roles: deciding },
  ledger: { method: "get", path: "/ledger", roles: all },
  staff: { method: "get", path: "/staff", roles: administering },
  invite: { method: "post", path: "/staff", roles: administering },
  disable: { method: "post", path: "/staff/:id/disable", roles: administering },
} as const satisfies Record<string, ConsoleRoute>;

export type RouteName = keyof typeof consoleRoutes;

export type Access = "open" | "sign_in" | "forbidden";

/** What somebody of that role (null: signed out) finds at a route. */
export function accessOf(route: ConsoleRoute, role: StaffRole | null): Access {
  if (route.roles === "anyone") return "open";
  if (role === null) return "sign_in";
  return route.roles.includes(role) ? "open" : "forbidden";
}
