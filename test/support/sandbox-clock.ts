// Noon in Viet Nam on a working day: no suite depends on the hour it runs at.
const noon = Date.parse("2026-11-25T12:00:00+07:00");

/**
 * The services' clock: noon when this machine's uptime clock stood at the run's start, running on since, so that
 * a service that is started again goes on where the other had ended.
 */
export function sandboxNow(): Date {
  return new Date(noon + performance.now());
}
