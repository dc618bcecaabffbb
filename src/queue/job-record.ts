import { type Job, type JobName, jobNames } from "../guard/ports/queue.ts";

/** What BullMQ stores of a job, besides its name and id. */
export type JobRecord = {
  readonly data: Job["data"];
  readonly lane?: string;
};

/**
 * BullMQ refuses ids that are whole numbers or hold a colon, and PostgreSQL those with U+0000: an id is
 * escaped and given a letter in front.
 */
export function encodeJobId(id: string): string {
  return `j${encodeURIComponent(id)}`;
}

export function decodeJobId(encoded: string): string {
  return decodeURIComponent(encoded.slice(1));
}

/** Throws a TypeError for data that not every store can hold; it says which key, never the value. */
export function toJobRecord(job: Job): JobRecord {
  const texts: [string, unknown][] = [...Object.entries(job.data), ["lane", job.lane]];
  for (const [key, value] of texts) {
    if (key.includes("\u0000") || (typeof value === "string" && value.includes("\u0000"))) {
      throw new TypeError(`Job ${job.name}: ${JSON.stringify(key)} contains U+0000`);
    }
  }
  return job.lane === undefined ? { data: job.data } : { data: job.data, lane: job.lane };
}

/** The queue's store is shared with other programs' writes: what comes out of it is checked. */
export function parseJob(name: string, encodedId: string | undefined, record: unknown): Job | undefined {
  if (!isJobName(name) || encodedId === undefined || typeof record !== "object" || record === null) {
    return undefined;
  }
  const data = "data" in record ? record.data : undefined;
  if (typeof data !== "object" || data === null) return undefined;
  const fields = Object.entries(data).filter(
    (entry): entry is [string, string | number | boolean] =>
      typeof entry[1] === "string" || typeof entry[1] === "number" || typeof entry[1] === "boolean",
  );
  const job = { name, id: decodeJobId(encodedId), data: Object.fromEntries(fields) };
  return "lane" in record && typeof record.lane === "string" ? { ...job, lane: record.lane } : job;
}

function isJobName(name: string): name is JobName {
  return jobNames.some((known) => known === name);
}
