import type { Guard } from "./guard.ts";
import type { World } from "./world.ts";

const no = (): never => {
  throw new Error("not built yet");
};
type Cut<K extends keyof Guard> = (world: World, ...args: Parameters<Guard[K]>) => ReturnType<Guard[K]>;
export const startImport: Cut<"startImport"> = no;
export const getImport: Cut<"getImport"> = no;
export const cancelImport: Cut<"cancelImport"> = no;
export const watchImport: Cut<"watchImport"> = no;
export const importErrors: Cut<"importErrors"> = no;
