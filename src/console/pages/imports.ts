import { staffImport, staffImports } from "../../guard/staff-views.ts";
import { type Handler, pageAsked, type StaffVisit } from "../page.ts";

export const imports: Handler<StaffVisit> = async (visit) => ({
  view: "imports",
  data: { list: await staffImports(visit.world, pageAsked(visit, 50)), cursor: visit.query("cursor") },
});

/** The page, or the part of it that is asked for again while the import runs. */
export const importIn =
  (view: "import" | "import-progress"): Handler<StaffVisit> =>
  async (visit) => ({
    view,
    data: { found: await staffImport(visit.world, visit.caller, visit.parameter("id")) },
  });
