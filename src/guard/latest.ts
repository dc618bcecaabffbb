/**
 * The moment up to which a question about the present reads: all that is committed. The clocks of two hosts differ,
 * and a refusal that one of them has just recorded must not lie in the other's future.
 */
export const latest = new Date("9999-01-01T00:00:00Z");
