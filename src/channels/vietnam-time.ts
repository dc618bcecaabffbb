// Viet Nam keeps UTC+7 all year. Zalo documents no time zone and no reset hour: its quotas are taken to
// follow the Viet Nam calendar.
const offsetMs = 7 * 3_600_000;
const dayMs = 86_400_000;

/** The next midnight in Viet Nam: when daily quotas begin anew. */
export function nextVietnamDay(now: Date): Date {
  const local = now.getTime() + offsetMs;
  return new Date((Math.floor(local / dayMs) + 1) * dayMs - offsetMs);
}

/** The first midnight of the next month in Viet Nam. */
export function nextVietnamMonth(now: Date): Date {
  const local = new Date(now.getTime() + offsetMs);
  return new Date(Date.UTC(local.getUTCFullYear(), local.getUTCMonth() + 1, 1) - offsetMs);
}

/** The next time that the clock in Viet Nam shows `hour`:00. */
export function nextVietnamHour(now: Date, hour: number): Date {
  const local = now.getTime() + offsetMs;
  const today = Math.floor(local / dayMs) * dayMs + hour * 3_600_000;
  return new Date((today > local ? today : today + dayMs) - offsetMs);
}
