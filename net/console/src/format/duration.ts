// Durations in at most two units: "1.9 ms", "39 min", "5 h 12", "2 d 4 h".

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

const twoDigits = (value: number): string => String(value).padStart(2, "0");

/** Below five minutes seconds count, so that what ticks each second shows it. */
const finePart = 5 * minute;

export function formatDuration(ms: number): string {
  const span = Math.max(0, ms);
  if (span < 100) return `${span.toFixed(1)} ms`;
  if (span < 10 * second) return `${(Math.floor(span / 100) / 10).toFixed(1)} s`;
  return formatWholeDuration(span);
}

/** Without parts of a second: for what ticks on the page. */
export function formatWholeDuration(ms: number): string {
  const span = Math.max(0, ms);
  if (span < minute) return `${Math.floor(span / second)} s`;
  if (span < finePart) {
    const rest = Math.floor((span % minute) / second);
    return rest === 0 ? `${Math.floor(span / minute)} min` : `${Math.floor(span / minute)} min ${rest} s`;
  }
  if (span < hour) return `${Math.floor(span / minute)} min`;
  if (span < day) return `${Math.floor(span / hour)} h ${twoDigits(Math.floor((span % hour) / minute))}`;
  const hours = Math.floor((span % day) / hour);
  return hours === 0 ? `${Math.floor(span / day)} d` : `${Math.floor(span / day)} d ${hours} h`;
}

/** How long ago, in one unit: a column of these is compared at a glance. */
export function formatAge(ms: number): string {
  const span = Math.max(0, ms);
  if (span < minute) return `${Math.floor(span / second)} s ago`;
  if (span < hour) return `${Math.floor(span / minute)} min ago`;
  if (span < 2 * day) return `${Math.floor(span / hour)} h ago`;
  return `${Math.floor(span / day)} d ago`;
}
