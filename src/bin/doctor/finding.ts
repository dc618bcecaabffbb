/** What `doctor` found out about one thing. `todo`: what to do about it, for everything that is not `ok`. */
export type DoctorFinding = {
  readonly what: string;
  readonly grade: "ok" | "warning" | "fault";
  readonly detail: string;
  readonly todo?: string;
};

export const ok = (what: string, detail: string): DoctorFinding => ({ what, grade: "ok", detail });
export const warning = (what: string, detail: string, todo: string): DoctorFinding => ({
  what,
  grade: "warning",
  detail,
  todo,
});
export const fault = (what: string, detail: string, todo: string): DoctorFinding => ({
  what,
  grade: "fault",
  detail,
  todo,
});

/** An error's code or kind: its text may quote addresses with passwords. */
export function kindOf(err: unknown): string {
  if (!(err instanceof Error)) return "unknown failure";
  return "code" in err && typeof err.code === "string" ? err.code : err.name;
}
