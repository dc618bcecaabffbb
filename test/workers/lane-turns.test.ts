import { expect, it } from "vitest";
import { createLaneTurns } from "../../src/workers/lane-turns.ts";

it("runs so many of a lane at once, the rest in order, and keeps no lane waiting for another", async () => {
  const turns = createLaneTurns(2);
  const begun: string[] = [];
  const ends = new Map<string, () => void>();
  const start = (lane: string, name: string) =>
    turns.run(lane, () => {
      begun.push(name);
      return new Promise<void>((resolve) => ends.set(name, resolve));
    });
  const all = [
    start("slow", "a"),
    start("slow", "b"),
    start("slow", "c"),
    start("slow", "d"),
    start("other", "e"),
  ];
  await Promise.resolve();
  expect(begun).toEqual(["a", "b", "e"]);
  ends.get("a")?.();
  await all[0];
  await Promise.resolve();
  expect(begun).toEqual(["a", "b", "e", "c"]);
  for (const name of ["b", "c", "e"]) ends.get(name)?.();
  await all[2];
  await Promise.resolve();
  ends.get("d")?.();
  await Promise.all(all);
  expect(begun).toEqual(["a", "b", "e", "c", "d"]);
});

it("gives the turn on after a failure", async () => {
  const turns = createLaneTurns(1);
  await expect(turns.run("one", () => Promise.reject(new Error("failed")))).rejects.toThrow("failed");
  expect(await turns.run("one", () => Promise.resolve(7))).toBe(7);
});
