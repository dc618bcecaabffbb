import type { Reports } from "../guard/world.ts";
export function pdfReports(): Reports {
  return { sharingLog: () => { throw new Error("not built yet"); } };
}
