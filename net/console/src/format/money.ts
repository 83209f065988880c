// Amounts exactly as TikTok wrote them, in pieces that CSS sets apart, so that copying gives the original. Never a number.

/** "149900" -> ["149", "900"]; "54.21" -> ["54.21"]. Joined they are the text again. */
export function groupsOf(amount: string): string[] {
  const match = /^(\d+)(\.\d+)?$/.exec(amount);
  const whole = match?.[1];
  if (whole === undefined) return [amount];
  const groups: string[] = [];
  for (let end = whole.length; end > 0; end -= 3) groups.unshift(whole.slice(Math.max(0, end - 3), end));
  const fraction = match?.[2] ?? "";
  groups[groups.length - 1] = (groups[groups.length - 1] ?? "") + fraction;
  return groups;
}
