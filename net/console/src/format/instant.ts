// Instants in the viewer's zone: "09:41:07" today, "Fri 18:00" this week, else "2026-11-02 18:00".

export type Zone = "local" | "utc";

interface Parts {
  year: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
  second: number;
  weekday: number;
}

const two = (value: number): string => String(value).padStart(2, "0");
const weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const dayMs = 24 * 60 * 60 * 1000;

function partsOf(at: number, zone: Zone): Parts {
  const date = new Date(at);
  return zone === "utc"
    ? {
        year: date.getUTCFullYear(),
        month: date.getUTCMonth() + 1,
        day: date.getUTCDate(),
        hour: date.getUTCHours(),
        minute: date.getUTCMinutes(),
        second: date.getUTCSeconds(),
        weekday: date.getUTCDay(),
      }
    : {
        year: date.getFullYear(),
        month: date.getMonth() + 1,
        day: date.getDate(),
        hour: date.getHours(),
        minute: date.getMinutes(),
        second: date.getSeconds(),
        weekday: date.getDay(),
      };
}

const sameDay = (a: Parts, b: Parts): boolean => a.year === b.year && a.month === b.month && a.day === b.day;

export function formatInstant(at: number, now: number, zone: Zone): string {
  const parts = partsOf(at, zone);
  if (sameDay(parts, partsOf(now, zone))) return `${two(parts.hour)}:${two(parts.minute)}:${two(parts.second)}`;
  const clock = `${two(parts.hour)}:${two(parts.minute)}`;
  if (Math.abs(at - now) < 6 * dayMs) return `${weekdays[parts.weekday] ?? ""} ${clock}`;
  return `${parts.year}-${two(parts.month)}-${two(parts.day)} ${clock}`;
}

/** Without seconds: for what is still to come. */
export function formatDue(at: number, now: number, zone: Zone): string {
  return formatInstant(at, now, zone).replace(/^(\d\d:\d\d):\d\d$/, "$1");
}

/** The whole of it, for a pointer that rests and for the attribute of <time>: "2026-11-02 18:00:07.214 UTC". */
export function formatUtc(at: number): string {
  return new Date(at).toISOString().replace("T", " ").replace("Z", " UTC");
}

/** "UTC", "UTC+7", "UTC-3:30". */
export function zoneName(zone: Zone, at: number): string {
  const minutes = zone === "utc" ? 0 : -new Date(at).getTimezoneOffset();
  if (minutes === 0) return "UTC";
  const rest = Math.abs(minutes) % 60;
  return `UTC${minutes < 0 ? "-" : "+"}${Math.floor(Math.abs(minutes) / 60)}${rest === 0 ? "" : `:${two(rest)}`}`;
}
